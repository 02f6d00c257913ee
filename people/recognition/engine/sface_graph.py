"""Writes SFace as an ONNX graph, with everything folded into convolutions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.chip_network import WIDTH
from people.recognition.engine.onnx_graphs import Graph
from people.recognition.engine.sface import SIDE_PX
from people.recognition.engine.zoo_format import Node, ZooNetwork
from people.recognition.errors import BadWeights

Numbers = NDArray[np.float64]


def sface_graph(network: ZooNetwork) -> bytes:
    """Turns `chips` (n, 112, 112, 3) uint8 RGB into `encodings` (n, 128) float32, not scaled to unit length.

    Batch norms become part of the convolution before them, and those around the last product part of it. ONNX Runtime
    computes a PReLU outside of its blocked layout and turns the data round 27 times, so each is written in other ways:
    28.1 ms as it is (45.0 as published), 13.9 as a x + (1 - a) ReLU(x) by two convolutions over single channels, and
    0.93 of that as here, by one (`_layer`).
    """
    graph = Graph("chips", ["n", SIDE_PX, SIDE_PX, 3])
    nodes = [node for node in network.nodes if node.kind not in ("Dropout", "Flatten")]
    subtract, multiply, *layers = nodes[:-3]
    pixels = graph.add("Cast", graph.source.name, to=1)
    value = graph.add("Transpose", pixels, perm=[0, 3, 1, 2])
    for kind, node in (("Sub", subtract), ("Mul", multiply)):
        value = graph.add(kind, value, graph.constant(network.constant(node, 1).astype(np.float32)))
    for at in range(0, len(layers), 3):
        value = _layer(graph, network, value, layers[at : at + 3], sign=1 if at == 0 else -1)
    weights, biases = _product(network, *nodes[-3:])
    flat = graph.add("Flatten", value)
    constants = (graph.constant(each.astype(np.float32)) for each in (-weights.T, biases))
    graph.add("Gemm", flat, *constants, output="encodings")
    return graph.serialised({"encodings": ["n", WIDTH]})


def _layer(graph: Graph, network: ZooNetwork, value: str, nodes: Sequence[Node], *, sign: int) -> str:
    """Adds a convolution, its batch norm and its PReLU; gives the negative of what the published layer gives.

    PReLU(x) = x + (1 - a) ReLU(-x). The convolution gives -x, so that this takes a ReLU and one convolution over single
    channels, to whose sums ONNX Runtime adds -x on the way. `sign` is -1 if `value` is the negative of its layer.
    """
    if [node.kind for node in nodes] != ["Conv", "BatchNormalization", "PRelu"]:
        raise BadWeights(f"expected convolution, norm and PReLU in SFace, got {[node.kind for node in nodes]}")
    convolution, norm, prelu = nodes
    scale, shift = _scale_and_shift(network, norm)
    weights = network.constant(convolution, 1) * scale[:, None, None, None]
    kept = {key: convolution.attributes[key] for key in ("strides", "pads", "group")}
    constants = (graph.constant(each.astype(np.float32)) for each in (-sign * weights, -shift))
    negative = graph.add("Conv", value, *constants, **kept)
    slope = network.constant(prelu, 1).reshape(-1)
    return graph.add("Add", _by_channel(graph, graph.add("Relu", negative), slope - 1), negative)


def _by_channel(graph: Graph, value: str, factors: Numbers) -> str:
    weights = graph.constant(factors.reshape(-1, 1, 1, 1).astype(np.float32))
    return graph.add("Conv", value, weights, group=len(factors))


def _product(network: ZooNetwork, before: Node, product: Node, after: Node) -> tuple[Numbers, Numbers]:
    """Returns weights (128, inputs) and biases of the last product with the batch norms before and after it."""
    if (before.kind, product.kind, after.kind) != ("BatchNormalization", "Gemm", "BatchNormalization"):
        raise BadWeights("expected a product between two norms at the end of SFace")
    scale, shift = _scale_and_shift(network, before)
    weights = network.constant(product, 1).reshape(WIDTH, len(scale), -1)
    biases = network.constant(product, 2) + np.einsum("ocp,c->o", weights, shift)
    scaled = (weights * scale[None, :, None]).reshape(WIDTH, -1)
    out_scale, out_shift = _scale_and_shift(network, after)
    return scaled * out_scale[:, None], biases * out_scale + out_shift


def _scale_and_shift(network: ZooNetwork, norm: Node) -> tuple[Numbers, Numbers]:
    """Returns a batch norm as `scale * x + shift` per channel."""
    gamma, beta, mean, variance = (network.constant(norm, place) for place in (1, 2, 3, 4))
    scale = gamma / np.sqrt(variance + norm.attributes["epsilon"])
    return scale, beta - mean * scale
