"""Builds dlib's detector in whole numbers of 8 bits instead of 32, for searching video; more than twice as fast.

Scores differ from the exact network's by about 0.05; faces score around 1, everything else around -1, and the limit is
0. The exact network searches photos for enrolment.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from people.recognition.engine.dlib_format import Convolution, Network
from people.recognition.engine.onnx_graphs import COLOURS, Graph, of_pixels, rows_then_columns, with_whole_blocks
from people.recognition.engine.pyramid import PIXELS

LARGEST = (5.7, 6.9, 3.8, 3.5, 4.3, 8.0)
"""The largest outputs of the first six layers, on frames of the demo's clip and its portraits; more is cut off."""
STEPS = 255
WEIGHT_STEPS = 63
"""7 bits: processors without VNNI add pairs of products in 16 bits, which 8-bit weights would overflow."""


def quick_detector_graph(network: Network) -> bytes:
    """Builds a graph with the same input and output as onnx_graphs.detector_graph.

    `image` is (n, h, w, 3) uint8 RGB, `scores` is (n, 1, rows, columns) float32. `w` must be a multiple of PIXELS,
    which the first convolution takes together; eight pixels cost more than they save.
    """
    graph = Graph("image", ["n", "height", "width", 3])
    layers = [layer for layer in network.layers if isinstance(layer, Convolution)]
    first, *rest = map(with_whole_blocks, layers[:-1])
    value, unit = _first(graph, of_pixels(first, network.mean)), LARGEST[0] / STEPS
    for layer, largest in zip(rest, LARGEST[1:], strict=True):
        value, unit = _in_whole_numbers(graph, value, unit, layer, largest / STEPS), largest / STEPS
    value = graph.add("DequantizeLinear", value, _number(graph, unit), graph.constant(np.array(0, np.uint8)))
    along, across = rows_then_columns(layers[-1])
    value, shape = graph.convolution(value, along, (along.weights.shape[1], 0, 0))
    value, _shape = graph.convolution(value, across, shape)
    graph.add("Identity", value, output="scores")
    return graph.serialised("scores", ["n", 1, "rows", "columns"])


def _first(graph: Graph, layer: Convolution) -> str:
    """Adds the first convolution: reads four pixels as one of 12 channels, and two columns of output as one of 32.

    It is exact and moves nothing in memory: ONNX Runtime computes with channels last, so both are another reading of
    the same bytes. Gathering three channels costs more than the products: 17 ms of 56 at 1280 x 720, or 10 of 33 by
    pairs of pixels (AMD). On another processor (Intel) pairs took 32 ms and fours 22 ms.
    """
    fours = _read_as(graph, graph.source.name, PIXELS * COLOURS)
    value = _in_whole_numbers(graph, fours, 1.0, of_fours(layer), LARGEST[0] / STEPS)
    return _read_as(graph, graph.add("Transpose", value, perm=[0, 2, 3, 1]), len(layer.weights))


def _read_as(graph: Graph, rows: str, channels: int) -> str:
    """Reads (n, h, w, c) as (n, channels, h, w * c / channels)."""
    apart = graph.add("Reshape", rows, graph.constant(np.array([0, 0, -1, channels], np.int64)))
    return graph.add("Transpose", apart, perm=[0, 3, 1, 2])


def of_fours(layer: Convolution) -> Convolution:
    """Turns a convolution of step 2 into one of step 1 on fours of pixels, with filters for two columns at once."""
    filters, colours, rows, columns = layer.weights.shape
    across, step = -(-(columns + layer.stride[1]) // PIXELS), layer.stride[1]
    weights = np.zeros((PIXELS // step, filters, colours, rows, across * PIXELS), np.float32)
    for number, column in enumerate(weights):
        column[..., number * step : number * step + columns] = layer.weights
    apart = weights.reshape(-1, colours, rows, across, PIXELS)
    together = np.moveaxis(apart, 4, 1).reshape(len(apart), PIXELS * colours, rows, across)
    biases = np.tile(layer.biases, PIXELS // step)
    return replace(layer, weights=np.ascontiguousarray(together), biases=biases, stride=(layer.stride[0], 1))


def _in_whole_numbers(graph: Graph, value: str, unit: float, layer: Convolution, unit_out: float) -> str:
    """Adds a convolution and the ReLU after it, because whole numbers from 0 on cannot be negative.

    `unit` is the value of one step of its input, `unit_out` of one step of its output; weights have one per filter.
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
