from pathlib import Path

import pytest

from people.recognition.types import Thresholds
from streams.errors import BadSource
from streams.models import Camera
from streams.running.configs import camera_config, resolved_source, thresholds_of


@pytest.mark.parametrize("source", ["0", "12", "rtsp://user:secret@10.0.0.7/1", "http://camera/video.mjpeg"])
def test_addresses_and_devices_stay_as_they_are(source: str) -> None:
    assert resolved_source(source) == source


def test_a_file_lies_under_the_media_folder(media: Path) -> None:
    assert resolved_source("clips/hall.mp4") == str(media.resolve() / "clips" / "hall.mp4")


@pytest.mark.parametrize("source", ["../secret.mp4", "/etc/passwd", "clips/../../x.mp4", "a\0b.mp4"])
def test_no_path_leaves_the_media_folder(source: str, media: Path) -> None:
    with pytest.raises(BadSource):
        resolved_source(source)


def test_no_link_leaves_the_media_folder(media: Path, tmp_path: Path) -> None:
    media.mkdir()
    (media / "link").symlink_to(tmp_path)
    with pytest.raises(BadSource):
        resolved_source("link/x.mp4")


def test_a_camera_without_a_distance_of_its_own_has_the_sites() -> None:
    assert thresholds_of(Camera()) == Thresholds()


@pytest.mark.parametrize("match", [0.1, 0.42, 1.0])
def test_the_band_for_review_moves_with_the_cameras_distance(match: float) -> None:
    site = Thresholds()
    own = thresholds_of(Camera(match_threshold=match))
    assert own.match == match
    assert own.review - own.match == pytest.approx(site.review - site.match)


def test_a_name_is_no_reason_for_a_new_child() -> None:
    camera = Camera(pk=1, name="Hall", slug="hall", source="0")
    before = camera_config(camera)
    camera.name = "Great hall"
    assert camera_config(camera) == before
