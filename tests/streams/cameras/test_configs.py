"""What a camera's source becomes for its child; no path leaves the media folder."""

from pathlib import Path

import pytest

from streams.cameras.configs import camera_config, resolved_source
from streams.cameras.sealing import seal
from streams.errors import BadSource
from streams.pipeline.messages import OwnThreshold
from streams.pipeline.regions import Region, RegionKind
from streams.pipeline.sources.transport import Transport
from streams.pipeline.view import CameraView
from streams.records.camera import Camera

WINDOW = {"name": "Window", "kind": "never_keep", "points": [[0, 0], [0.5, 0], [0.5, 1]]}


@pytest.mark.parametrize("source", ["0", "12", "rtsp://user:secret@10.0.0.7/1", "http://camera/video.mjpeg"])
def test_addresses_and_devices_stay_as_they_are(source: str) -> None:
    assert resolved_source(source) == source


def test_a_file_lies_under_the_media_folder(media: Path) -> None:
    assert resolved_source("clips/hall.mp4") == str(media.resolve() / "clips" / "hall.mp4")


@pytest.mark.parametrize("source", ["../secret.mp4", "/etc/passwd", "clips/../../x.mp4", "a\0b.mp4"])
def test_no_path_leaves_the_media_folder(source: str, media: Path) -> None:
    with pytest.raises(BadSource):
        resolved_source(source)


def test_a_link_that_leads_to_itself_is_a_reason_of_its_camera_alone(media: Path) -> None:
    media.mkdir()
    (media / "loop.mp4").symlink_to(media / "loop.mp4")
    with pytest.raises(BadSource, match="its name is not valid"):
        resolved_source("loop.mp4")


def test_no_link_leaves_the_media_folder(media: Path, tmp_path: Path) -> None:
    media.mkdir()
    (media / "link").symlink_to(tmp_path)
    with pytest.raises(BadSource):
        resolved_source("link/x.mp4")


def test_the_cameras_own_distance_is_told_and_the_sites_is_not() -> None:
    assert camera_config(Camera(pk=1, slug="hall", source="0")).own_threshold is None
    own = camera_config(Camera(pk=1, slug="hall", source="0", match_threshold=0.3)).own_threshold
    assert own == OwnThreshold(0.3, "")


def test_a_name_is_no_reason_for_a_new_child() -> None:
    camera = Camera(pk=1, name="Hall", slug="hall", source="0")
    before = camera_config(camera)
    camera.name = "Great hall"
    assert camera_config(camera) == before


def test_what_the_camera_was_told_reaches_its_child() -> None:
    told = Camera(pk=1, slug="hall", source="0", turn=90, mirrored=True, pixel_aspect=1.5, regions=[WINDOW])
    told.snapshot_seconds, told.down_after_s, told.transport = 2.5, 60, "udp"
    config = camera_config(told)
    window = Region(RegionKind.NEVER_KEEP, ((0, 0), (0.5, 0), (0.5, 1)))
    assert config.view == CameraView(90, True, 1.5, (window,))
    assert (config.snapshot_seconds, config.down_after_s, config.transport) == (2.5, 60, Transport.UDP)
    assert not config.decodes_always
    told.decoding = "always"
    assert camera_config(told).decodes_always


def test_a_regions_name_hours_role_and_what_is_kept_are_no_reason_for_a_new_child() -> None:
    camera = Camera(pk=1, slug="hall", source="0", regions=[WINDOW], keeps_whole_frame=False)
    before = camera_config(camera)
    camera.regions = [{**WINDOW, "name": "Neighbour"}]
    camera.hours, camera.role, camera.strangers = "Mon 07:00-08:00", "exit", "nothing"
    assert camera_config(camera) == before


@pytest.mark.parametrize("kept", ["pictures", "numbers", "nothing"])
def test_a_child_makes_whole_frames_and_clips_only_where_strangers_may_be_in_them(kept: str) -> None:
    camera = Camera(pk=1, slug="hall", source="0", strangers=kept, clip_seconds=6)
    config, is_free = camera_config(camera), kept == "pictures"
    assert (config.keeps_whole_frame, config.clip_seconds) == (is_free, 6 if is_free else 0)
    camera.keeps_whole_frame, camera.clip_seconds = False, 0
    assert (camera_config(camera).keeps_whole_frame, camera_config(camera).clip_seconds) == (False, 0)


def test_a_camera_whose_masks_are_damaged_does_not_run_without_them() -> None:
    with pytest.raises(BadSource, match="draw them again"):
        camera_config(Camera(pk=1, slug="hall", source="0", regions=[{"kind": "never_keep"}]))


def test_a_smaller_stream_is_read_with_the_same_login() -> None:
    camera = Camera(pk=1, slug="hall", source="rtsp://10.0.0.7/1", looking_source="rtsp://10.0.0.7/2?p={password}")
    camera.username, camera.sealed_password = "ann", seal("s3cret")
    assert camera_config(camera).source == "rtsp://ann:s3cret@10.0.0.7/2?p=s3cret"
