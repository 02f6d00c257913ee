"""How long the reader of a dozing camera sleeps."""

from __future__ import annotations

import pytest

from streams.pipeline.child.naps import LATER_S, NAP_S, Naps


def woken(naps: Naps, now_s: float, until_s: float) -> list[float]:
    """Returns when the reader wakes, if reading takes no time."""
    times = []
    while now_s < until_s - 1e-6:
        now_s += naps.next_s(now_s)
        times.append(now_s)
    return times


def test_before_two_key_frames_came_each_nap_is_as_long() -> None:
    naps = Naps()
    assert naps.next_s(5.0) == NAP_S
    naps.key(5.0)
    assert naps.next_s(5.0) == NAP_S


@pytest.mark.parametrize("apart_s", [0.5, 1.0, 1.04, 2.0, 4.0])
def test_it_wakes_right_behind_the_next_key_frame_and_hardly_oftener_than_before(apart_s: float) -> None:
    naps = Naps()
    naps.key(10.0)
    naps.key(10.0 + apart_s)
    times = woken(naps, 10.0 + apart_s + LATER_S, 10.0 + 2 * apart_s + LATER_S)
    assert times[-1] == pytest.approx(10.0 + 2 * apart_s + LATER_S)
    assert len(times) <= apart_s / NAP_S + 1


def test_a_key_frame_that_does_not_come_when_it_is_expected_is_not_waited_for_with_short_naps() -> None:
    naps = Naps()
    naps.key(10.0)
    naps.key(12.0)
    assert naps.next_s(14.0 + LATER_S) == NAP_S
    assert naps.next_s(20.0) == NAP_S


def test_key_frames_that_came_at_once_tell_of_no_rhythm() -> None:
    naps = Naps()
    naps.key(10.0)
    naps.key(10.0)
    assert naps.next_s(10.0) == NAP_S
