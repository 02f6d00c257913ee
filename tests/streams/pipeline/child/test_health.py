"""What a camera says about itself when its parts hang."""

from streams.pipeline.child.health import EventRate, Health
from streams.pipeline.clock import LONGEST_GAP_S, old_after_s
from tests.streams.pipeline.fakes import FakeClock, frame, picture


def healthy() -> tuple[Health, FakeClock]:
    clock = FakeClock()
    health = Health(clock)
    health.reading()
    health.picture_read(frame(1, 0, picture()))
    health.loop_turned(analysed=True)
    return health, clock


def test_a_source_that_gives_no_pictures_is_stalled() -> None:
    health, clock = healthy()
    assert health.condition().state == "live"
    clock.s = 4
    health.loop_turned(analysed=False)
    assert health.condition().state == "stalled"
    assert health.condition().reason == "No picture came for 4 s."
    assert health.frame_age_ms() == 4000


def test_a_source_that_gives_a_picture_every_four_seconds_is_live_in_between() -> None:
    health, clock = healthy()
    for second in range(4, 24):
        clock.s = second
        health.loop_turned(analysed=False)
        if second % 4 == 0:
            health.picture_read(None)
        elif second > 8:
            assert health.condition().state == "live", second
    clock.s = 20 + old_after_s(4) + 0.1
    health.loop_turned(analysed=False)
    assert health.condition().state == "stalled"


def test_how_long_a_connection_took_is_not_taken_for_the_sources_pace() -> None:
    health, clock = healthy()
    health.says("down", "It is away.")
    clock.s = 60
    health.picture_read(None)
    assert health.gap_s() == 0
    clock.s = 96  # nor a gap that no working source has
    health.picture_read(None)
    assert health.gap_s() == LONGEST_GAP_S


def test_a_source_that_is_asked_every_two_minutes_is_live_in_between_and_not_stuck() -> None:
    health, clock = healthy()
    health.opened(120)
    health.picture_read(None)
    for clock.s in (1, 60, 119):
        health.reading() if clock.s == 1 else None
        health.loop_turned(analysed=False)
        assert (health.condition().state, health.is_stuck()) == ("live", False), clock.s
    health.picture_read(None)
    clock.s += old_after_s(120) + 1
    health.loop_turned(analysed=False)
    assert health.condition().state == "stalled"
    health.opened(0)  # the camera has become a stream
    health.picture_read(None)
    assert health.gap_s() == LONGEST_GAP_S


def test_a_loop_that_hangs_is_said_first_and_then_silences_the_heartbeat() -> None:
    health, clock = healthy()
    clock.s = 6
    health.reading()
    health.picture_read(None)
    assert health.condition().reason == "Recognition has not answered for 6 s."
    assert not health.is_stuck()
    clock.s = 16
    health.reading()
    assert health.is_stuck()


def test_a_read_that_never_returns_silences_the_heartbeat() -> None:
    health, clock = healthy()
    health.reading()
    clock.s = 61
    health.loop_turned(analysed=False)
    assert health.is_stuck()


def test_waiting_for_the_next_try_is_not_being_stuck() -> None:
    health, clock = healthy()
    health.says("down", "refused")
    health.idle()
    clock.s = 100
    health.loop_turned(analysed=False)
    assert not health.is_stuck()
    assert health.condition().state == "down"


def test_rates_are_of_the_last_seconds() -> None:
    rate = EventRate()
    for number in range(50):
        rate.count(number / 10)
    assert round(rate.per_s(5), 3) == 10
    assert rate.per_s(60) == 0


def test_what_happens_every_five_seconds_has_a_rate_until_it_ends() -> None:
    rate = EventRate()
    for second in (0, 5, 10):
        rate.count(second)
    assert rate.per_s(14.9) == 0.2
    assert rate.per_s(40) == 0


def test_a_lost_source_is_connecting_until_it_has_been_away_for_long_enough() -> None:
    clock = FakeClock()
    health = Health(clock, down_after_s=30)
    health.picture_read(frame(1, 0, picture()))
    health.lost("The server does not answer.")
    for second, expected in ((1, "connecting"), (29, "connecting"), (31, "down")):
        clock.s = second
        health.loop_turned(analysed=False)
        assert (health.condition().state, health.condition().reason) == (expected, "The server does not answer.")
    health.picture_read(None)
    assert health.condition().state == "live"


def test_a_source_that_never_gave_a_picture_counts_from_the_start_and_one_that_ended_is_down_at_once() -> None:
    clock = FakeClock()
    health = Health(clock, down_after_s=30)
    health.lost("The host's name is not known.")
    assert health.condition().state == "connecting"
    health.says("down", "The file has ended.")
    assert health.condition().state == "down"
