"""Products of whole numbers are right to the last bit, and the graph that makes them is a valid one."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from people.recognition.gallery.code_products import (
    CODE_STEPS,
    FINE_STEPS,
    SLAB,
    STEPS,
    ZERO,
    Codes,
    finest_probe_steps,
    graph,
    products,
)


def slabs(codes: np.ndarray) -> Codes:
    return [(codes[:, start : start + SLAB] + ZERO).astype(np.uint8) for start in range(0, codes.shape[1], SLAB)]


def test_the_graph_is_the_product_of_whole_numbers() -> None:
    values = [
        helper.make_tensor_value_info("codes", TensorProto.UINT8, ["n", "w"]),
        helper.make_tensor_value_info("probes", TensorProto.INT8, ["w", "p"]),
        helper.make_tensor_value_info("products", TensorProto.INT32, ["n", "p"]),
    ]
    node = helper.make_node("MatMulInteger", ["codes", "probes", "zero"], ["products"])
    zero = numpy_helper.from_array(np.array(ZERO, np.uint8), "zero")
    expected = helper.make_model(
        helper.make_graph([node], "coarse", values[:2], values[2:], [zero]),
        opset_imports=[onnx.OperatorSetIdProto(version=13)],
        ir_version=8,
    )
    written = onnx.load_from_string(graph())
    onnx.checker.check_model(written, full_check=True)
    assert written.SerializeToString() == expected.SerializeToString()


@pytest.mark.parametrize("steps", [STEPS, finest_probe_steps()])
@pytest.mark.parametrize("count", [1, 2, 16])
@pytest.mark.parametrize("width", [128, 256, 20])
def test_products_are_exact_at_the_ends_of_their_range(steps: int, count: int, width: int) -> None:
    """Where a processor without VNNI would lose bits of numbers that are larger than it was asked for."""
    chance = np.random.default_rng(1)
    codes = chance.choice([-CODE_STEPS, CODE_STEPS], (1000, width))
    codes[0] = CODE_STEPS
    probes = chance.choice([-steps, steps], (count, width)).astype(np.float32)
    probes[0] = steps
    truth = probes.astype(np.int64) @ codes.T.astype(np.int64)
    assert np.array_equal(products(slabs(codes), probes), truth)


def test_a_coarse_probe_never_overflows_16_bits() -> None:
    assert 2 * (CODE_STEPS + ZERO) * STEPS < 2**15
    assert finest_probe_steps() in (STEPS, FINE_STEPS)
