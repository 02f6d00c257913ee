"""dlib's serialised numbers and networks."""

from __future__ import annotations

import pytest

from people.recognition.engine.dlib_format import Convolution, DlibCursor, Product, read_network
from people.recognition.engine.weights import ENCODER, MMOD
from people.recognition.errors import BadWeights


@pytest.mark.parametrize(("data", "value"), [(b"\x01\x05", 5), (b"\x81\x05", -5), (b"\x02\x01\x02", 513), (b"\x00", 0)])
def test_an_integer_has_a_size_a_sign_and_a_magnitude(data: bytes, value: int) -> None:
    assert DlibCursor(data).integer() == value


def test_a_real_is_a_mantissa_and_a_power_of_two() -> None:
    assert DlibCursor(b"\x01\x10\x81\x05").real() == 0.5


def test_the_encoder_is_a_residual_network_that_ends_in_128_numbers() -> None:
    network = read_network(ENCODER.verify().read_bytes())
    convolutions = [layer for layer in network.layers if isinstance(layer, Convolution)]
    last = network.layers[-1]
    assert len(convolutions) == 29
    assert isinstance(last, Product)
    assert last.weights.shape == (256, 128)
    assert network.mean.tolist() == pytest.approx([122.782, 117.001, 104.298])


def test_the_detector_has_seven_convolutions_and_one_score() -> None:
    network = read_network(MMOD.verify().read_bytes())
    convolutions = [layer for layer in network.layers if isinstance(layer, Convolution)]
    assert [layer.weights.shape[0] for layer in convolutions] == [16, 32, 32, 45, 45, 45, 1]


def test_another_file_is_no_network() -> None:
    with pytest.raises(BadWeights, match="no input layer"):
        read_network(b"not a network")


def test_a_network_that_ends_early_is_refused() -> None:
    data = MMOD.verify().read_bytes()
    with pytest.raises(BadWeights, match="ends early"):
        read_network(data[:5000])
