"""How far into a file each frame is, whatever the file says."""

from __future__ import annotations

import pytest

from streams.pipeline.replay.replaying import FileTime


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ([0, 0.1, 0.2, 7], [0, 0.1, 0.2, 7]),
        ([0.5, 0.6], [0.5, 0.6]),
        ([None, None, None], [0, 0.2, 0.4]),
        ([0, 0.1, 5, 0, 0.1, 9], [0, 0.1, 5, 5.2, 5.3, 14.2]),
        ([0, 0.1, 0.05, 0.2], [0, 0.1, 0.1, 0.2]),
        ([0, None, 0.4, None, 1], [0, 0.2, 0.4, 0.6, 1]),
    ],
    ids=["in order", "later", "none", "twice", "a little back", "now and then"],
)
def test_times_go_on(own: list[float | None], said: list[float]) -> None:
    time = FileTime(0.2)
    assert [time.of(each) for each in own] == pytest.approx(said)
