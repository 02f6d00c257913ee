"""When packets came that are read in bundles."""

from __future__ import annotations

import pytest

from streams.pipeline.child.arrivals import JUMP_S, RISE, Arrivals


def came(packets: list[tuple[float | None, float]]) -> list[float]:
    arrivals = Arrivals()
    return [round(arrivals.came_s(media_s, read_s), 3) for media_s, read_s in packets]


def test_packets_of_a_bundle_came_one_after_the_other() -> None:
    assert came([(5.0, 100.0), (5.04, 100.24), (5.08, 100.24), (5.2, 100.24), (5.24, 100.24)])[1:] == [
        pytest.approx(at, abs=0.001) for at in (100.04, 100.08, 100.2, 100.24)
    ]


def test_no_packet_came_after_it_was_read() -> None:
    packets: list[tuple[float | None, float]] = [(number / 25, 100 + number / 26) for number in range(100)]
    assert all(at <= read_s + 1e-3 for at, (_, read_s) in zip(came(packets), packets, strict=True))


def test_without_a_time_of_its_own_a_packet_came_when_it_was_read() -> None:
    assert came([(None, 100.0), (None, 100.3)]) == [100.0, 100.3]


def test_a_new_time_of_the_stream_is_believed() -> None:
    assert came([(50.0, 100.0), (3.0, 100.1), (3.04, 100.14)]) == [100.0, 100.1, 100.14]
    assert came([(50.0, 100.0), (53.0, 100.1)]) == [100.0, 100.1]


def test_after_a_standstill_packets_came_when_they_were_read() -> None:
    assert came([(1.0, 100.0), (1.1, 100.1 + JUMP_S + 1)])[1] == pytest.approx(103.1)


def test_a_slower_clock_of_the_camera_is_followed() -> None:
    slow = [(number / 25 * (1 - RISE / 2), 100 + number / 25) for number in range(25 * 60)]
    assert came([*slow])[-1] == pytest.approx(slow[-1][1], abs=0.01)
