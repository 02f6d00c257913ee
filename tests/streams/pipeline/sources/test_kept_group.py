"""The packets that a dozing camera keeps: from the last key frame on, and not without end."""

from __future__ import annotations

import pytest

from streams.pipeline.sources.decoding import Packet
from streams.pipeline.sources.kept_group import LONGEST_S, MOST_BYTES, KeptGroup, KeptPacket


def packet(media_s: float | None, *, came_s: float = 0.0, size_bytes: int = 1000, is_key: bool = False) -> KeptPacket:
    return KeptPacket(Packet(size_bytes, is_key, media_s, b""), came_s)


def group(*packets: KeptPacket) -> KeptGroup:
    kept = KeptGroup()
    kept.begin(packets[0])
    for each in packets[1:]:
        kept.add(each)
    return kept


def test_an_empty_group_is_not_too_long() -> None:
    assert not KeptGroup().is_too_long()


def test_a_key_frame_begins_anew() -> None:
    kept = group(packet(0.0), packet(1.0), packet(2.0))
    kept.begin(packet(2.5))
    kept.add(packet(5.0))
    assert [each.packet.media_s for each in kept.packets] == [2.5, 5.0]
    assert not kept.is_too_long()


@pytest.mark.parametrize(("media_s", "is_too_long"), [(LONGEST_S - 0.1, False), (LONGEST_S + 0.1, True)])
def test_a_group_is_too_long_by_the_streams_own_time(media_s: float, is_too_long: bool) -> None:
    assert group(packet(0.0, came_s=100), packet(media_s, came_s=101)).is_too_long() is is_too_long


def test_packets_that_come_late_on_a_busy_machine_do_not_make_it_too_long() -> None:
    assert not group(packet(0.0, came_s=100), packet(0.5, came_s=100 + 10 * LONGEST_S)).is_too_long()


def test_without_a_time_of_its_own_it_counts_when_they_came() -> None:
    assert group(packet(None, came_s=100), packet(None, came_s=100.1 + LONGEST_S)).is_too_long()


def test_a_group_is_too_long_by_its_size() -> None:
    assert group(packet(0.0), packet(0.1, size_bytes=MOST_BYTES)).is_too_long()
