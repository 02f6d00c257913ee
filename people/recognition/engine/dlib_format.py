"""Reads the networks that dlib publishes, in dlib's own serialisation.

dlib writes a network from the outermost layer inwards, so the records that matter follow the input layer's name in
forward order. Each begins with a version string. The wrappers between them hold nothing we need, and the reader skips
them by looking for the next such string. It never searches the weights themselves, because it reads a record to its
end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from people.recognition.errors import BadWeights

Floats = NDArray[np.float32]

_INPUT = re.compile(rb"input_rgb_image(?:_sized|_pyramid)?")
_LAYER = re.compile(rb"con_[456]|affine_2?|bn_con2|fc_2|relu_1|max_pool_2|avg_pool_2|add_prev_")


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution; weights are (out, in, rows, columns), with an affine layer or batch norm behind it folded in."""

    weights: Floats
    biases: Floats
    stride: tuple[int, int]
    padding: tuple[int, int]

    def scaled(self, gamma: Floats, beta: Floats) -> Convolution:
        """Returns this convolution followed by `gamma * x + beta` per channel."""
        return replace(
            self,
            weights=self.weights * gamma.reshape(-1, 1, 1, 1),
            biases=self.biases * gamma + beta,
        )


@dataclass(frozen=True, slots=True)
class Pool:
    """A pooling layer; a window of 0 by 0 means the whole map."""

    kind: Literal["max", "avg"]
    window: tuple[int, int]
    stride: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Product:
    """A product with weights (inputs, outputs), without biases."""

    weights: Floats


@dataclass(frozen=True, slots=True)
class Relu:
    pass


@dataclass(frozen=True, slots=True)
class AddPrevious:
    """Adds the input of the residual block."""


Layer = Convolution | Pool | Product | Relu | AddPrevious


@dataclass(frozen=True, slots=True)
class Network:
    mean: Floats
    """(3,) mean red, green, blue; the input is (pixel - mean) / 256."""
    layers: tuple[Layer, ...]


class DlibCursor:
    """A cursor over dlib's serialised values."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def integer(self) -> int:
        """Reads one byte of sign (high bit) and size (low four bits), then the magnitude, little-endian."""
        head = self.data[self.at]
        end = self.at + 1 + (head & 0x0F)
        magnitude = int.from_bytes(self.data[self.at + 1 : end], "little")
        self.at = end
        return -magnitude if head & 0x80 else magnitude

    def integers(self, count: int) -> tuple[int, ...]:
        return tuple(self.integer() for _ in range(count))

    def real(self) -> float:
        """Reads two integers: mantissa and exponent of two."""
        mantissa = self.integer()
        return float(mantissa * 2.0 ** self.integer())

    def tensor(self) -> Floats:
        """Reads version, four sizes and raw float32 values, and returns the values flattened."""
        _version, *shape = self.integers(5)
        count = int(np.prod(shape))
        values = np.frombuffer(self.data, "<f4", count, self.at)
        self.at += 4 * count
        return values.astype(np.float32)

    def alias(self) -> tuple[int, ...]:
        """Reads the shape of a part of another tensor."""
        return self.integers(5)[1:]


def read_network(data: bytes) -> Network:
    """Returns the layers of a serialised network in forward order. Raises BadWeights if it is none."""
    start = _INPUT.search(data)
    if start is None:
        raise BadWeights("expected a dlib network, found no input layer in the file")
    reader = DlibCursor(data)
    reader.at = start.end()
    try:
        mean = np.array([reader.real() for _ in range(3)], np.float32)
        return Network(mean, tuple(_read_layers(reader)))
    except (IndexError, ValueError) as error:
        raise BadWeights(f"the network ends early or is damaged near byte {reader.at}: {error}") from error


def _read_layers(reader: DlibCursor) -> list[Layer]:
    layers: list[Layer] = []
    while tag := _LAYER.search(reader.data, reader.at):
        reader.at = tag.end()
        name = tag.group().decode()
        if name.startswith("con_"):
            layers.append(_convolution(reader))
        elif name.startswith(("affine", "bn_")):
            gamma, beta = _affine(reader) if name.startswith("affine") else _batch_norm(reader)
            layers[-1] = _last_convolution(layers).scaled(gamma, beta)
        elif name.endswith("_pool_2"):
            layers.append(_pool(reader, "max" if name.startswith("max") else "avg"))
        elif name == "fc_2":
            layers.append(_product(reader))
        else:
            layers.append(Relu() if name == "relu_1" else AddPrevious())
    return layers


def _last_convolution(layers: list[Layer]) -> Convolution:
    if not layers or not isinstance(layers[-1], Convolution):
        raise ValueError("a normalisation does not follow a convolution")
    return layers[-1]


def _convolution(reader: DlibCursor) -> Convolution:
    parameters = reader.tensor()
    _filters, _rows, _columns, stride_y, stride_x, pad_y, pad_x = reader.integers(7)
    filters, biases = reader.alias(), reader.alias()
    split = int(np.prod(filters))
    return Convolution(
        weights=parameters[:split].reshape(filters),
        biases=parameters[split : split + int(np.prod(biases))],
        stride=(stride_y, stride_x),
        padding=(pad_y, pad_x),
    )


def _affine(reader: DlibCursor) -> tuple[Floats, Floats]:
    parameters = reader.tensor()
    channels = int(np.prod(reader.alias()))
    reader.alias()
    return parameters[:channels], parameters[channels : 2 * channels]


def _batch_norm(reader: DlibCursor) -> tuple[Floats, Floats]:
    """Reads gamma and beta, and folds the running statistics into them."""
    gamma, beta = _affine(reader)
    reader.tensor(), reader.tensor()  # statistics of the last training batch
    mean, variance = reader.tensor(), reader.tensor()
    reader.integers(2)
    epsilon = [reader.real() for _ in range(5)][-1]
    scale = (gamma / np.sqrt(variance + epsilon)).astype(np.float32)
    return scale, beta - mean * scale


def _pool(reader: DlibCursor, kind: Literal["max", "avg"]) -> Pool:
    rows, columns, stride_y, stride_x, _pad_y, _pad_x = reader.integers(6)
    return Pool(kind, (rows, columns), (stride_y, stride_x))


def _product(reader: DlibCursor) -> Product:
    outputs, inputs = reader.integers(2)
    return Product(reader.tensor().reshape(inputs, outputs))
