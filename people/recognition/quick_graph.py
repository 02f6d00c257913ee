"""dlib's detector in whole numbers: 8 bits instead of 32, for searching video; more than twice as fast.

Scores differ from the exact network's by about 0.05 (faces score around 1, everything else around -1, the line is
at 0). Photos for enrolment are searched with the exact one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from people.recognition.dlib_format import Convolution, Network
from people.recognition.onnx_graphs import COLOURS, Graph, of_pixels, rows_then_columns, with_whole_blocks

LARGEST = (5.7, 6.9, 3.8, 3.5, 4.3, 8.0)
"""What the first six layers put out at most, on frames of the demo's clip and its portraits; more is cut off."""
STEPS = 255
WEIGHT_STEPS = 63
"""7 bits: processors without VNNI add pairs of products in 16 bits, which 8 bits would overflow."""


def quick_detector_graph(network: Network) -> bytes:
    """As onnx_graphs.detector_graph: `image` (n, h, w, 3) uint8 RGB to `scores` (n, 1, rows, columns) float32.

    `w` must be even.
    """
    graph = Graph("image", ["n", "height", "width", 3])
    layers = [layer for layer in network.layers if isinstance(layer, Convolution)]
    first, *rest = map(with_whole_blocks, layers[:-1])
    pairs = graph.add("Reshape", graph.source.name, graph.constant(np.array([0, 0, -1, 2 * COLOURS], np.int64)))
    value, unit = graph.add("Transpose", pairs, perm=[0, 3, 1, 2]), 1.0
    for layer, largest in zip([of_pairs(of_pixels(first, network.mean)), *rest], LARGEST, strict=True):
        value, unit = _in_whole_numbers(graph, value, unit, layer, largest / STEPS), largest / STEPS
    value = graph.add("DequantizeLinear", value, _number(graph, unit), graph.constant(np.array(0, np.uint8)))
    along, across = rows_then_columns(layers[-1])
    value, shape = graph.convolution(value, along, (along.weights.shape[1], 0, 0))
    value, _shape = graph.convolution(value, across, shape)
    graph.add("Identity", value, output="scores")
    return graph.serialised("scores", ["n", 1, "rows", "columns"])


def of_pairs(layer: Convolution) -> Convolution:
    """The first convolution, of step 2, on pairs of neighbouring pixels as one of six channels, of step 1 across.

    Exact, and nothing is moved in memory. With three channels gathering the pixels costs more than the products:
    17 ms of 56 at 1280 x 720, now 10 of 33.
    """
    filters, colours, rows, columns = layer.weights.shape
    even = np.pad(layer.weights, ((0, 0), (0, 0), (0, 0), (0, columns % 2)))
    apart = even.reshape(filters, colours, rows, -1, 2)
    weights = np.moveaxis(apart, 4, 1).reshape(filters, 2 * colours, rows, -1)
    return replace(layer, weights=np.ascontiguousarray(weights), stride=(layer.stride[0], layer.stride[1] // 2))


def _in_whole_numbers(graph: Graph, value: str, unit: float, layer: Convolution, unit_out: float) -> str:
    """A convolution and the ReLU after it: whole numbers from 0 on cannot be negative.

    `unit` is what one step of its input stands for, `unit_out` one of its output; weights have one per filter.
    """
    filters = len(layer.weights)
    largest = np.abs(layer.weights).reshape(filters, -1).max(axis=1)
    units = np.where(largest > 0, largest, 1.0) / WEIGHT_STEPS
    weights = np.round(layer.weights / units[:, None, None, None]).astype(np.int8)
    biases = np.round(layer.biases / (units * unit)).astype(np.int32)
    zero = graph.constant(np.array(0, np.uint8))
    return graph.add(
        "QLinearConv",
        *(value, _number(graph, unit), zero),
        *(graph.constant(weights), graph.constant(units.astype(np.float32))),
        graph.constant(np.zeros(filters, np.int8)),
        *(_number(graph, unit_out), zero, graph.constant(biases)),
        strides=list(layer.stride),
        pads=[*layer.padding, *layer.padding],
    )


def _number(graph: Graph, value: float) -> str:
    return graph.constant(np.array(value, np.float32))
