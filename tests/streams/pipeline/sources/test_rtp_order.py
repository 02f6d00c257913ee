"""Packets in the order of their numbers: what waits, what is given up, and other sequences."""

from __future__ import annotations

import random

import pytest

from streams.pipeline.sources.rtp import RtpPacket
from streams.pipeline.sources.rtp_order import MOST_WAITING, PacketOrder


def packet(number: int) -> RtpPacket:
    return RtpPacket(b"x", 96, number % 65_536, 0, True, 7)


def given(order: PacketOrder, numbers: list[int], now_s: float = 0.0) -> list[int]:
    return [each.number for number in numbers for each in order.add(packet(number), now_s)]


def test_packets_come_out_in_turn_across_the_largest_number() -> None:
    numbers = list(range(65_500, 65_600))
    mixed = numbers[:1] + random.Random(1).sample(numbers[1:], 99)
    order = PacketOrder(0.2)
    assert given(order, mixed) == [number % 65_536 for number in numbers]
    assert (order.lost, order.late, order.highest, order.source) == (0, 0, 65_599, 7)


def test_what_is_missing_is_waited_for_and_then_given_up() -> None:
    order = PacketOrder(0.2)
    assert given(order, [1, 3, 4]) == [1]
    assert order.due_in_s(0.05) == pytest.approx(0.15) and not order.overdue(0.19)
    behind = order.overdue(0.2)
    assert [(each.number, each.follows_loss) for each in behind] == [(3, True), (4, False)]
    assert (order.lost, order.due_in_s(0.2)) == (1, None)
    assert given(order, [2, 4, 5]) == [5] and order.late == 2


def test_over_tcp_nothing_waits() -> None:
    assert given(PacketOrder(), [1, 3, 2, 4]) == [1, 3, 4]


def test_only_so_many_wait() -> None:
    order = PacketOrder(1e9)
    assert given(order, [0, *range(2, MOST_WAITING + 2)]) == [0]
    assert len(given(order, [MOST_WAITING + 2])) == MOST_WAITING + 1


def test_one_packet_of_another_sequence_is_passed_over_and_two_begin_it() -> None:
    order = PacketOrder(0.2)
    assert given(order, [10, 40_000, 11, 40_000, 12, 14, 40_001, 40_002]) == [10, 11, 12, 14, 40_000, 40_001, 40_002]
    assert order.lost == 0


def test_the_first_packet_may_be_a_stranger() -> None:
    order, numbers = PacketOrder(), [65_535, 5, 65_535, 6, 65_535, 7]
    assert given(order, numbers) == [65_535, 5, 6, 7]


def test_any_packets_in_any_order_are_given_at_most_once_and_in_turn() -> None:
    chance = random.Random(3)
    for _ in range(50):
        order, numbers = PacketOrder(0.1), [chance.randrange(100) for _ in range(300)]
        out = [each.number for at, number in enumerate(numbers) for each in order.add(packet(number), at / 100)]
        out += [each.number for each in order.overdue(99)]
        assert out == sorted(set(out)) and set(out) <= set(numbers)
