"""`manage.py benchmark`: what is asked for is checked before anything is measured."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize("count", [0, 65])
def test_a_number_of_cameras_that_makes_no_sense_is_refused(count: int, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="1 to 64"):
        call_command("benchmark", clip=tmp_path / "clip.mp4", cameras=count)


def test_a_clip_that_is_none_is_refused_in_words(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"text")
    with pytest.raises(CommandError, match="is not a video"):
        call_command("benchmark", clip=clip)


@pytest.mark.parametrize("count", [None, 4])
def test_a_clip_that_is_missing_is_said_at_once(count: int | None, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(CommandError, match=r"none\.mp4: The file does not exist\."):
        call_command("benchmark", clip=tmp_path / "none.mp4", cameras=count)
    assert time.monotonic() - began < 5
