"""Percentiles of the delays of sightings."""

import logging

import pytest

from streams.running import metrics
from streams.running.metrics import Delays, DelaySummary


def test_there_is_nothing_to_say_before_the_first_sighting() -> None:
    assert Delays().summary() is None


def test_the_percentiles_of_the_last_delays_are_told() -> None:
    delays = Delays()
    for delay in range(1, 101):
        delays.add(delay)
    assert delays.summary() == DelaySummary(100, p50_ms=51, p95_ms=96, worst_ms=100)


def test_old_delays_are_forgotten() -> None:
    delays = Delays()
    for delay in [9_999] + [10] * metrics.KEEP:
        delays.add(delay)
    summary = delays.summary()
    assert summary is not None
    assert summary.worst_ms == 10


def test_the_log_says_it_now_and_then(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "SAY_EVERY_S", 0.0)
    with caplog.at_level(logging.INFO):
        Delays().add(84)
    assert "84 ms p50" in caplog.text
