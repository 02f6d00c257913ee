"""Networks with the shape of the liveness network, made here: tests need nothing of an unknown origin."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from people.recognition.engine.runtime import session
from people.recognition.liveness.network import SIDE_PX, Liveness


def network_of(channel: int, *, where: tuple[int, int, int, int] = (0, 0, SIDE_PX, SIDE_PX)) -> bytes:
    """An ONNX network that calls a face alive if one channel is bright in a part of what it sees (left, top, …)."""
    left, top, right, bottom = where
    weights = np.zeros((3 * SIDE_PX * SIDE_PX, 3), np.float32)
    plane = np.zeros((3, SIDE_PX, SIDE_PX), np.float32)
    plane[channel, top:bottom, left:right] = 1 / ((right - left) * (bottom - top))
    weights[:, 0] = plane.ravel() / 10  # grey levels of 0 to 255 become answers of 0 to 25
    graph = helper.make_graph(
        [
            helper.make_node("Reshape", ["input", "shape"], ["flat"]),
            helper.make_node("MatMul", ["flat", "weights"], ["seen"]),
            helper.make_node("Add", ["seen", "bias"], ["output"]),
        ],
        "small",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, SIDE_PX, SIDE_PX])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, 3])],
        [
            numpy_helper.from_array(np.array([1, weights.shape[0]], np.int64), "shape"),
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.array([[-12.5, 0, -50]], np.float32), "bias"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    return bytes(model.SerializeToString())


def small(channel: int, **options: tuple[int, int, int, int]) -> Liveness:
    return Liveness(session(network_of(channel, **options)))
