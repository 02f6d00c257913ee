"""Video files: in real time, upright, and with a reason when they are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.pipeline.errors import SourceDown, SourceEnded
from streams.pipeline.sources.pace import Pace
from streams.pipeline.sources.playback import Playback
from streams.pipeline.sources.sources import open_source


class Hurry(Pace):
    """Notes the waits instead of waiting."""

    def __init__(self) -> None:
        self.now_s, self.waits = 0.0, list[float]()
        super().__init__(lambda: self.now_s, self._pass)

    def _pass(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now_s += seconds


def count_pictures(playback: Playback, at_most: int = 1000) -> int:
    for number in range(at_most):
        try:
            playback.read()
        except SourceEnded:
            return number
    return at_most


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("zero_bytes.mp4", "The file is empty."),
        ("text_renamed.mp4", "The file is not a video."),
        ("audio_only.m4a.mp4", "The file holds sound only, no video."),
        ("truncated.mp4", "The file is cut short: its index is missing."),
    ],
)
def test_a_bad_file_says_what_is_wrong_with_it(shared_faces: Path, name: str, reason: str) -> None:
    with pytest.raises(SourceDown, match=f"^{reason}$"):
        open_source(str(shared_faces / "bad" / "video" / name), loop=False)


def test_a_missing_file_a_folder_and_an_impossible_name_have_reasons(tmp_path: Path) -> None:
    for source, reason in (
        (str(tmp_path / "none.mp4"), "does not exist"),
        (str(tmp_path), "names no file"),
        ("a\0b", "name is not valid|does not exist"),
    ):
        with pytest.raises(SourceDown, match=reason):
            open_source(source, loop=False)


def test_a_playlist_cannot_read_other_files(shared_faces: Path, tmp_path: Path) -> None:
    clip = shared_faces / "video" / "obama_library_5s.mp4"
    for name, text in (
        ("list.m3u8", f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{clip}\n#EXT-X-ENDLIST\n"),
        ("list.mp4", f"ffconcat version 1.0\nfile {clip}\n"),
    ):
        (tmp_path / name).write_text(text)
        with pytest.raises(SourceDown, match="not a video"):
            open_source(str(tmp_path / name), loop=False)


@pytest.mark.parametrize(("name", "pictures"), [("clip.avi", 60), ("clip.webm", 60), ("one_frame.mp4", 1)])
def test_every_picture_is_read_once_and_then_the_file_has_ended(shared_faces: Path, name: str, pictures: int) -> None:
    assert count_pictures(Playback(str(shared_faces / "bad" / "video" / name), loop=False, pace=Hurry())) == pictures


def test_a_looping_file_begins_again(shared_faces: Path) -> None:
    playback = Playback(str(shared_faces / "bad" / "video" / "one_frame.mp4"), loop=True, pace=Hurry())
    assert count_pictures(playback, at_most=5) == 5


def test_a_clip_filmed_on_its_side_is_upright(shared_faces: Path) -> None:
    playback = Playback(str(shared_faces / "bad" / "video" / "phone_rotation_flag.mp4"), loop=False, pace=Hurry())
    image = playback.read()
    assert image is not None
    assert image.shape == (480, 640, 3)


def test_pictures_passed_over_are_not_decoded_and_keep_their_time(shared_faces: Path) -> None:
    pace = Hurry()
    playback = Playback(str(shared_faces / "bad" / "video" / "clip.avi"), loop=False, pace=pace)
    assert [playback.read(lambda: False) for _ in range(31)] == [None] * 31
    assert pace.now_s == pytest.approx(30 / 29.97, abs=0.01)


def test_a_file_takes_as_long_as_it_lasts(shared_faces: Path) -> None:
    pace = Hurry()
    count_pictures(Playback(str(shared_faces / "bad" / "video" / "clip.avi"), loop=False, pace=pace))
    assert pace.now_s == pytest.approx(59 / 29.97, abs=0.01)


def test_after_being_held_up_a_file_goes_on_in_real_time_and_does_not_race() -> None:
    pace = Hurry()
    pace.wait(0.0)
    pace.now_s = 60.0
    pace.wait(0.1)
    pace.wait(0.2)
    assert pace.waits == [pytest.approx(0.1)]
