"""`manage.py benchmark`: what is asked for is checked before anything is measured."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize(
    "sizes", [{"cameras": 0}, {"cameras": 65}, {"cameras": 4, "busy": 5}, {"cameras": 4, "busy": -1}]
)
def test_a_number_of_cameras_that_makes_no_sense_is_refused(sizes: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="1 to 64 cameras, and none to all of them busy"):
        call_command("benchmark", **sizes)


@pytest.mark.parametrize("people", [99, 1_000_001])
def test_a_number_of_people_that_makes_no_sense_is_refused(people: int) -> None:
    with pytest.raises(CommandError, match="100 to 1000000 people"):
        call_command("benchmark", cameras=1, people=people)


def test_cameras_play_no_clip_of_somebodys(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="leave --clip out"):
        call_command("benchmark", cameras=1, clip=tmp_path / "clip.mp4")


def test_a_clip_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"text")
    with pytest.raises(CommandError, match="is not a video"):
        call_command("benchmark", clip=clip)


def test_a_clip_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(CommandError, match=r"none\.mp4: The file does not exist\."):
        call_command("benchmark", clip=tmp_path / "none.mp4")
    assert time.monotonic() - began < 5
