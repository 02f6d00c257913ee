"""Writes YuNet as an ONNX graph for pictures of any size, with its twelve outputs gathered in three."""

from __future__ import annotations

from typing import Any

import numpy as np

from people.recognition.engine.onnx_graphs import Graph
from people.recognition.engine.yunet import STRIDES
from people.recognition.engine.zoo_format import Node, ZooNetwork
from people.recognition.errors import BadWeights

HEAD = ("cls", "bbox", "obj", "kps")
"""The outputs of a cell in their order: 1 + 4 + 1 + 10 channels."""
CHANNELS = 16


def yunet_graph(network: ZooNetwork) -> bytes:
    """Turns `image` (1, h, w, 3) uint8 RGB into `level8`, `level16`, `level32`: (1, 16, h / stride, w / stride).

    Sides must be multiples of 32. Channels: logit of "face", box (4), logit of "object", points (10), as yunet.py reads
    them. The published graph computes them by 24 convolutions with few channels each; the same weights side by side
    make six, one block of ONNX Runtime's wide: 6.1 ms instead of 9.2 at 640 x 480.
    """
    graph = Graph("image", [1, "height", "width", 3])
    pixels = graph.add("Cast", graph.source.name, to=1)
    values = {"input": graph.add("Transpose", pixels, perm=[0, 3, 1, 2])}
    heads: dict[str, list[tuple[Node, Node]]] = {}
    head_inputs: dict[str, Node] = {}
    for node in network.nodes:
        if node.kind == "Conv" and _is_head(network, node):
            if node.inputs[0] in head_inputs:
                first = head_inputs.pop(node.inputs[0])
                heads.setdefault(first.inputs[0], []).append((first, node))
            else:
                head_inputs[node.output] = node
        elif node.kind not in ("Transpose", "Reshape", "Sigmoid"):
            values[node.output] = _copied(graph, network, node, values)
    if len(heads) != len(STRIDES):
        raise BadWeights(f"expected {len(STRIDES)} levels in YuNet, found {len(heads)}")
    for stride, (source, pairs) in zip(STRIDES, heads.items(), strict=True):
        _add_head(graph, network, values[source], pairs, f"level{stride}")
    return graph.serialised(
        {f"level{stride}": [1, CHANNELS, f"rows{stride}", f"columns{stride}"] for stride in STRIDES}
    )


def _is_head(network: ZooNetwork, node: Node) -> bool:
    return len(network.constant(node, 1)) < CHANNELS


def _copied(graph: Graph, network: ZooNetwork, node: Node, values: dict[str, str]) -> str:
    """Adds the node as it is, but with weights for red, green, blue where the published ones are for blue first."""
    inputs = [values[name] for name in node.inputs if name in values]
    if node.kind == "Conv":
        weights = network.constant(node, 1)
        weights = weights[:, ::-1] if node.inputs[0] == "input" else weights
        return _convolution(graph, inputs[0], weights, network.constant(node, 2), node.attributes)
    if node.kind == "Resize":
        twice = graph.constant(np.array([1, 1, 2, 2], np.float32))
        how = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        return graph.add("Resize", inputs[0], "", twice, **how)
    kept = ("kernel_shape", "strides", "pads")
    return graph.add(node.kind, *inputs, **{key: node.attributes[key] for key in kept if key in node.attributes})


def _add_head(graph: Graph, network: ZooNetwork, value: str, pairs: list[tuple[Node, Node]], output: str) -> None:
    """Adds the outputs of one level: a convolution over channels, then one over each channel's neighbours."""
    across, along = zip(*pairs, strict=True)
    gathered = [np.concatenate([network.constant(node, place) for node in nodes])
                for nodes in (across, along) for place in (1, 2)]  # fmt: skip
    value = _convolution(graph, value, gathered[0], gathered[1], {})
    around = {"pads": [1, 1, 1, 1], "group": CHANNELS}
    graph.add("Identity", _convolution(graph, value, gathered[2], gathered[3], around), output=output)


def _convolution(graph: Graph, value: str, weights: Any, biases: Any, attributes: dict[str, Any]) -> str:
    kept = {key: attributes[key] for key in ("strides", "pads", "group") if key in attributes}
    constants = (graph.constant(np.asarray(each, np.float32)) for each in (weights, biases))
    return graph.add("Conv", value, *constants, **kept)
