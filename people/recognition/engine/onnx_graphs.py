"""Writes dlib's two networks as ONNX graphs, which take pixels and give encodings or window scores."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, checker, helper, numpy_helper

from people.recognition.engine.dlib_format import AddPrevious, Convolution, Floats, Network, Pool, Product
from people.recognition.errors import BadWeights

CHIP_PX = 150
COLOURS = 3
BLOCK = 16
"""Channels that ONNX Runtime computes at once on a machine with AVX-512; elsewhere 8, which divides it."""
Shape = tuple[int, int, int]
"""Channels, rows, columns."""


def encoder_graph(network: Network) -> bytes:
    """Turns `chips` (n, 150, 150, 3) uint8 RGB into `encodings` (n, 128) float32, not scaled to unit length."""
    graph = Graph("chips", ["n", CHIP_PX, CHIP_PX, 3])
    stem, _relu, pool, *rest = network.layers
    value, shape = graph.first_convolution(network.mean, _convolution(stem), (3, CHIP_PX, CHIP_PX))
    value, shape = graph.pool(graph.add("Relu", value), _pool(pool), shape)
    while isinstance(rest[0], Convolution):
        first, _relu, second, *rest = rest
        shortcut, shortcut_shape = value, shape
        value, shape = graph.convolution(value, _convolution(first), shape)
        value, shape = graph.convolution(graph.add("Relu", value), _convolution(second), shape)
        if isinstance(rest[0], Pool):
            shortcut, shortcut_shape = graph.pool(shortcut, _pool(rest.pop(0)), shortcut_shape)
        if not isinstance(rest[0], AddPrevious):
            raise BadWeights(f"expected the end of a residual block, got {type(rest[0]).__name__}")
        value, shape = graph.sum(value, shape, shortcut, shortcut_shape)
        value, rest = graph.add("Relu", value), rest[2:]
    _global_pool, product = rest
    if not isinstance(product, Product):
        raise BadWeights(f"expected a product at the end, got {type(product).__name__}")
    pooled = graph.add("Flatten", graph.add("GlobalAveragePool", value))
    graph.add("MatMul", pooled, graph.constant(product.weights), output="encodings")
    return graph.serialised({"encodings": ["n", product.weights.shape[1]]})


def mmod_graph(network: Network) -> bytes:
    """Turns `image` (n, h, w, 3) uint8 RGB into `scores` (n, 1, rows, columns) float32; above 0 is a face."""
    graph = Graph("image", ["n", "height", "width", 3])
    layers = [layer for layer in network.layers if isinstance(layer, Convolution)]
    layers = [*map(with_whole_blocks, layers[:-1]), *rows_then_columns(layers[-1])]
    value, shape = graph.first_convolution(network.mean, layers[0], (3, 0, 0))
    for layer in layers[1:-1]:
        value, shape = graph.convolution(graph.add("Relu", value), layer, shape)
    value, shape = graph.convolution(value, layers[-1], shape)
    graph.add("Identity", value, output="scores")
    return graph.serialised({"scores": ["n", 1, "rows", "columns"]})


def with_whole_blocks(layer: Convolution, *, outputs: bool = True) -> Convolution:
    """Returns the layer with channels of zeros added, up to a multiple of 16.

    ONNX Runtime uses its fast blocked convolution only for such layers: 45 channels cost 6.0 ms, 48 cost 4.5 ms.
    """
    more_outputs, more_inputs = (-size % BLOCK for size in layer.weights.shape[:2])
    more_outputs = more_outputs if outputs else 0
    more_inputs = more_inputs if layer.weights.shape[1] != COLOURS else 0
    return replace(
        layer,
        weights=np.pad(layer.weights, ((0, more_outputs), (0, more_inputs), (0, 0), (0, 0))),
        biases=np.pad(layer.biases, (0, more_outputs)),
    )


def rows_then_columns(layer: Convolution) -> tuple[Convolution, Convolution]:
    """Splits a convolution to one channel in two: every row of its window by itself, then their sum.

    The result is exact. Without this, a single output channel is computed as a block of 16: 5.0 ms instead of 1.0 ms.
    """
    rows = layer.weights.shape[2]
    pad_rows, pad_columns = layer.padding
    by_row = np.moveaxis(layer.weights[0], 1, 0)[:, :, None, :]
    along = Convolution(by_row, np.zeros(rows, np.float32), (1, 1), (0, pad_columns))
    down = np.eye(rows, dtype=np.float32).reshape(1, rows, rows, 1)
    across = Convolution(down, layer.biases, (1, 1), (pad_rows, 0))
    return with_whole_blocks(along), with_whole_blocks(across, outputs=False)


def of_pixels(layer: Convolution, mean: Floats) -> Convolution:
    """Puts (pixel - mean) / 256 into the weights of the first convolution, which works because it has no padding."""
    if layer.padding != (0, 0):
        raise BadWeights(f"expected a first convolution without padding, got {layer.padding}")
    weights = layer.weights.astype(np.float64) / 256
    shift = np.einsum("oirc,i->o", weights, mean.astype(np.float64))
    return replace(layer, weights=weights.astype(np.float32), biases=(layer.biases - shift).astype(np.float32))


class Graph:
    """Nodes and constants of a graph that grows forward; every value has a name."""

    def __init__(self, source: str, shape: Sequence[str | int]) -> None:
        self.source = helper.make_tensor_value_info(source, TensorProto.UINT8, list(shape))
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.names = (f"value{number}" for number in itertools.count())

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or next(self.names)
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def constant(self, values: NDArray[Any]) -> str:
        name = next(self.names)
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def first_convolution(self, mean: Floats, layer: Convolution, shape: Shape) -> tuple[str, Shape]:
        """Adds (pixel - mean) / 256 and the first convolution in one."""
        pixels = self.add("Cast", self.source.name, to=TensorProto.FLOAT)
        planes = self.add("Transpose", pixels, perm=[0, 3, 1, 2])
        return self.convolution(planes, of_pixels(layer, mean), shape)

    def convolution(self, value: str, layer: Convolution, shape: Shape) -> tuple[str, Shape]:
        output = self.add(
            "Conv",
            value,
            self.constant(layer.weights),
            self.constant(layer.biases),
            strides=list(layer.stride),
            pads=[*layer.padding, *layer.padding],
        )
        filters, _inputs, *window = layer.weights.shape
        rows, columns = (
            (shape[axis + 1] + 2 * layer.padding[axis] - window[axis]) // layer.stride[axis] + 1 for axis in (0, 1)
        )
        return output, (filters, rows, columns)

    def pool(self, value: str, layer: Pool, shape: Shape) -> tuple[str, Shape]:
        kind = "MaxPool" if layer.kind == "max" else "AveragePool"
        output = self.add(kind, value, kernel_shape=list(layer.window), strides=list(layer.stride))
        rows, columns = ((shape[axis + 1] - layer.window[axis]) // layer.stride[axis] + 1 for axis in (0, 1))
        return output, (shape[0], rows, columns)

    def sum(self, left: str, left_shape: Shape, right: str, right_shape: Shape) -> tuple[str, Shape]:
        """Adds two maps as dlib does: pads the smaller one with zeros at the end of each axis."""
        channels, rows, columns = map(max, left_shape, right_shape)
        shape = channels, rows, columns
        return self.add("Add", self._grown(left, left_shape, shape), self._grown(right, right_shape, shape)), shape

    def _grown(self, value: str, shape: Shape, wanted: Shape) -> str:
        if shape == wanted:
            return value
        ends = [0, *(want - have for have, want in zip(shape, wanted, strict=True))]
        return self.add("Pad", value, self.constant(np.array([0, 0, 0, 0, *ends], np.int64)))

    def serialised(self, outputs: Mapping[str, Sequence[str | int]]) -> bytes:
        """Returns the graph; `outputs` has the shape of each output."""
        results = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)) for name, shape in outputs.items()
        ]
        graph = helper.make_graph(self.nodes, "faces", [self.source], results, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        checker.check_model(model)
        return bytes(model.SerializeToString())


def _convolution(layer: object) -> Convolution:
    if not isinstance(layer, Convolution):
        raise BadWeights(f"expected a convolution, got {type(layer).__name__}")
    return layer


def _pool(layer: object) -> Pool:
    if not isinstance(layer, Pool):
        raise BadWeights(f"expected a pool, got {type(layer).__name__}")
    return layer
