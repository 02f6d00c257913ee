"""From a camera's row to what its child is told: the source made absolute, the thresholds completed."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from people.recognition.types import Thresholds
from streams.errors import BadSource
from streams.models import Camera
from streams.pipeline.messages import CameraConfig

SITE_THRESHOLDS = Thresholds()


def camera_config(camera: Camera) -> CameraConfig:
    """Raises BadSource when the source names a file outside of the media folder."""
    return CameraConfig(
        camera_id=camera.pk,
        slug=camera.slug,
        source=resolved_source(camera.source),
        loop=camera.loop,
        analysis_fps=camera.analysis_fps,
        smallest_face_px=camera.smallest_face_px,
        thresholds=thresholds_of(camera),
        weights_dir="",  # those of the installed package
        cache_dir=str(settings.MODEL_CACHE),
    )


def thresholds_of(camera: Camera) -> Thresholds:
    """The site's, with the camera's own match distance; the band for review keeps its width."""
    match = camera.match_threshold
    if match is None:
        return SITE_THRESHOLDS
    band = SITE_THRESHOLDS.review - SITE_THRESHOLDS.match
    return Thresholds(match=match, review=min(2.0, match + band), margin=SITE_THRESHOLDS.margin)


def resolved_source(source: str) -> str:
    """Addresses and device numbers as they are; a file as its absolute path under the media folder.

    Raises BadSource for a path that leaves the folder, also through a symbolic link.
    """
    if "://" in source or source.isdecimal():
        return source
    media = Path(settings.MEDIA_ROOT).resolve()
    path = (media / source.replace("\0", "")).resolve()
    if "\0" in source or not path.is_relative_to(media):
        raise BadSource("The source is a file outside of the media folder.")
    return str(path)
