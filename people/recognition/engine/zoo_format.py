"""Reads the networks of OpenCV Zoo: ONNX files whose weights are whole numbers of 8 bits with a scale for each block.

ONNX Runtime refuses YuNet's file as it is published and loads SFace's only in part (docs/engine.md). So the weights are
unfolded to float32 here, and yunet_graph.py and sface_graph.py write graphs of their own with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from people.recognition.errors import BadWeights


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a network whose inputs are not all constant."""

    kind: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ZooNetwork:
    """The steps of a network in order, and its constants by name, unfolded."""

    nodes: tuple[Node, ...]
    constants: dict[str, NDArray[Any]]

    def constant(self, node: Node, place: int) -> NDArray[np.float64]:
        """Returns one input of a node that must be constant. Raises BadWeights if it is not."""
        try:
            return np.asarray(self.constants[node.inputs[place]], np.float64)
        except (KeyError, IndexError) as error:
            raise BadWeights(f"expected constant weights in a {node.kind}, found none") from error


def read_zoo(data: bytes) -> ZooNetwork:
    """Reads a serialised network. Raises BadWeights if it is none."""
    try:
        graph = onnx.load_from_string(data).graph
    except (DecodeError, ValueError) as error:
        raise BadWeights(f"expected an ONNX network: {error}") from error
    constants = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    nodes = []
    for proto in graph.node:
        attributes = {one.name: helper.get_attribute_value(one) for one in proto.attribute}
        node = Node(proto.op_type, tuple(proto.input), proto.output[0], attributes)
        value = _constant(node, constants)
        if value is None:
            nodes.append(node)
        else:
            constants[node.output] = value
    return ZooNetwork(tuple(nodes), constants)


def _constant(node: Node, constants: dict[str, NDArray[Any]]) -> NDArray[Any] | None:
    """Returns the value of a node that only says how a constant is stored, else None."""
    if node.kind == "Constant":
        return np.asarray(numpy_helper.to_array(node.attributes["value"]))
    if any(name not in constants for name in node.inputs):
        return None
    if node.kind == "DequantizeLinear":
        return _unfolded(node, *(constants[name] for name in node.inputs))
    return constants[node.inputs[0]].reshape(constants[node.inputs[1]]) if node.kind == "Reshape" else None


def _unfolded(node: Node, steps: NDArray[Any], scales: NDArray[Any], zeros: NDArray[Any]) -> NDArray[np.float32]:
    """Returns (steps - zero) x scale in float32; zero and scale stand once for each block along an axis."""
    if scales.ndim == steps.ndim and scales.shape != steps.shape:
        axis, block = node.attributes["axis"], node.attributes["block_size"]
        wanted = np.arange(steps.shape[axis]) // block
        scales, zeros = scales.take(wanted, axis=axis), zeros.take(wanted, axis=axis)
    return np.asarray((steps.astype(np.float32) - zeros.astype(np.float32)) * scales, np.float32)
