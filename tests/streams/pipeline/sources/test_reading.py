"""What counts as damage in a row, for whoever wants few of the pictures."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from people.recognition.types import Image
from streams.pipeline.errors import SourceDown, Undecodable
from streams.pipeline.sources import reading
from streams.pipeline.sources.decoding import Packet, Picture
from streams.pipeline.sources.reading import UNDECODABLE_IN_A_ROW, PictureReader


class Sound:
    media_s, aspect = 0.0, Fraction(1)

    def rgb(self) -> Image:
        return np.zeros((2, 2, 3), np.uint8)


class Spoilt(Sound):
    def rgb(self) -> Image:
        raise Undecodable


class Numbered:
    """Packets without end; `decoded` gives what is in the one of a number, or raises."""

    def __init__(self, decoded: Callable[[int], list[Picture]]) -> None:
        self._decoded, self._numbers = decoded, itertools.count()

    def packet(self) -> Packet:
        return Packet(1, True, None, next(self._numbers).to_bytes(4, "big"))

    def decode(self, packet: Packet) -> list[Picture]:
        assert isinstance(packet.coded, bytes)
        return self._decoded(int.from_bytes(packet.coded, "big"))

    def close(self) -> None: ...


def every_third_is_damaged(number: int) -> list[Picture]:
    if number % 3 == 0:
        raise Undecodable
    return [Sound()]


def all_are_damaged(number: int) -> list[Picture]:
    raise Undecodable


def test_damage_now_and_then_is_none_in_a_row_also_where_nobody_wants_the_pictures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "DAMAGED_FOR_S", 0.0)
    reader = PictureReader(Numbered(every_third_is_damaged))
    for _ in range(10 * UNDECODABLE_IN_A_ROW):
        assert reader.next()


def test_a_stream_of_which_nothing_can_be_decoded_is_given_up() -> None:
    with pytest.raises(SourceDown, match="cannot be decoded"):
        PictureReader(Numbered(all_are_damaged)).next()


def test_pictures_that_never_become_pixels_are_given_up_though_each_seemed_sound() -> None:
    reader = PictureReader(Numbered(lambda number: [Spoilt()]))
    with pytest.raises(SourceDown, match="cannot be decoded"):
        for _ in range(UNDECODABLE_IN_A_ROW):
            picture = reader.next()
            assert picture and reader.pixels(picture) is None
