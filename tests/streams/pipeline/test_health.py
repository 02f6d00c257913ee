"""What a camera says about itself when its parts hang."""

from streams.pipeline.health import Health, Rate
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
    assert "no picture for 4 s" in health.condition().reason
    assert health.frame_age_ms() == 4000


def test_a_loop_that_hangs_is_said_first_and_then_silences_the_heartbeat() -> None:
    health, clock = healthy()
    clock.s = 6
    health.reading()
    health.picture_read(None)
    assert "recognition has not answered for 6 s" in health.condition().reason
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
    rate = Rate()
    for number in range(50):
        rate.count(number / 10)
    assert round(rate.per_s(5), 3) == 10
    assert rate.per_s(60) == 0
