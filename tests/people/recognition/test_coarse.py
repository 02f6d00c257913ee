"""The first of two steps of a search never leaves out what could be nearest."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper

from people.recognition import coarse
from people.recognition.coarse import Coarse
from tests.people.recognition.test_gallery import unit_rows


def test_the_two_nearest_are_among_the_few_candidates() -> None:
    templates, probes = unit_rows(100_000), unit_rows(8, seed=1)
    truth = np.argsort(-(probes @ templates.T), axis=1)[:, :2]
    for rows, nearest in zip(Coarse.of(templates).candidates(probes), truth, strict=True):
        assert set(nearest) <= set(rows)
        assert len(rows) < 1000


def test_the_graph_is_the_product_of_whole_numbers() -> None:
    values = [
        helper.make_tensor_value_info("codes", TensorProto.UINT8, ["rows", 128]),
        helper.make_tensor_value_info("probes", TensorProto.INT8, [128, "count"]),
    ]
    products = helper.make_tensor_value_info("products", TensorProto.INT32, ["rows", "count"])
    node = helper.make_node("MatMulInteger", ["codes", "probes"], ["products"])
    graph = helper.make_graph([node], "coarse", values, [products])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    assert model.SerializeToString() == coarse._PRODUCT
