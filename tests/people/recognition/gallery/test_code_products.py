"""Products of whole numbers are right to the last bit, and the graph that makes them is a valid one."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from people.recognition.gallery.code_products import (
    CODE_STEPS,
    FINE_STEPS,
    STEPS,
    CodeProducts,
    finest_probe_steps,
    graph,
)


def codes_of(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(-CODE_STEPS, CODE_STEPS, (128, count), endpoint=True).astype(np.int8)


@pytest.mark.parametrize("count", [1, 127, 128, 70_000])
def test_the_graph_is_the_product_of_whole_numbers(count: int) -> None:
    codes = codes_of(count)
    values = [
        helper.make_tensor_value_info("probes", TensorProto.UINT8, ["p", 128]),
        helper.make_tensor_value_info("products", TensorProto.INT32, ["p", count]),
    ]
    kept = [numpy_helper.from_array(codes, "codes"), numpy_helper.from_array(np.array(64, np.uint8), "zero")]
    node = helper.make_node("MatMulInteger", ["probes", "codes", "zero"], ["products"])
    expected = helper.make_model(
        helper.make_graph([node], "coarse", values[:1], values[1:], kept),
        opset_imports=[onnx.OperatorSetIdProto(version=13)],
        ir_version=8,
    )
    written = onnx.load_from_string(graph(codes, 64))
    onnx.checker.check_model(written, full_check=True)
    assert written.SerializeToString() == expected.SerializeToString()


@pytest.mark.parametrize("steps", [STEPS, finest_probe_steps()])
@pytest.mark.parametrize("count", [1, 2, 16])
def test_products_are_exact_at_the_ends_of_their_range(steps: int, count: int) -> None:
    """Where a processor without VNNI would lose bits of numbers that are larger than it was asked for."""
    chance = np.random.default_rng(1)
    codes = (chance.choice([-CODE_STEPS, CODE_STEPS], (128, 1000))).astype(np.int8)
    codes[:, 0] = CODE_STEPS
    probes = chance.choice([-steps, steps], (count, 128)).astype(np.float32)
    probes[0] = steps
    truth = probes.astype(np.int64) @ codes.astype(np.int64)
    assert np.array_equal(CodeProducts(codes, steps).of(probes), truth)


def test_a_coarse_probe_never_overflows_16_bits() -> None:
    assert 2 * (STEPS + STEPS + 1) * CODE_STEPS < 2**15
    assert finest_probe_steps() in (STEPS, FINE_STEPS)
