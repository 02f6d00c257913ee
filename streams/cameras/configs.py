"""Turns a camera's row into the config for its child, with the source made absolute."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError

from people.recognition.liveness.published import path_in
from streams.cameras.credentials import address_of, looking_address_of
from streams.cameras.source_rules import stored_videos
from streams.errors import BadSource
from streams.pipeline.messages import CameraConfig, FootageKind
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.addresses import BROWSER
from streams.pipeline.sources.transport import Transport
from streams.pipeline.view import CameraView
from streams.records.camera import Camera
from streams.records.states import WhatIsDecoded


def camera_config(camera: Camera) -> CameraConfig:
    """Returns the config for the child that runs `camera`.

    A smaller stream is read instead of the first one, if the camera has it. Raises BadSource if the source names a file
    outside the media folder, no key opens its password, or its regions are damaged.
    """
    return CameraConfig(
        camera_id=camera.pk,
        slug=camera.slug,
        source=resolved_source(looking_address_of(camera) if camera.looking_source else address_of(camera)),
        loop=camera.loop,
        analysis_fps=camera.analysis_fps,
        smallest_face_px=camera.smallest_face_px,
        own_threshold=camera.own_threshold,
        weights_dir="",  # "" means the weights of the installed package
        cache_dir=str(settings.MODEL_CACHE),
        networks=tuple(settings.CAMERA_NETWORKS),
        videos=stored_videos(),
        liveness_hint=camera.liveness_hint,
        has_liveness=camera.liveness_hint and path_in(Path(settings.MODEL_CACHE)).exists(),
        view=view_of(camera),
        snapshot_seconds=camera.snapshot_seconds,
        transport=Transport(camera.transport),
        down_after_s=camera.down_after_s,
        decodes_always=camera.decoding == WhatIsDecoded.ALWAYS,
        keeps_whole_frame=camera.may_keep(FootageKind.FRAME),
        clip_seconds=camera.clip_seconds if camera.may_keep(FootageKind.CLIP) else 0,
    )


def view_of(camera: Camera) -> CameraView:
    """Returns how its pictures lie. Raises BadSource: a camera whose masks are damaged must not run without them."""
    try:
        return camera.view
    except ValidationError:
        raise BadSource(Reason.REGIONS_BROKEN.said()) from None


def resolved_source(source: str) -> str:
    """Returns addresses and device numbers unchanged, and a file as its absolute path under the media folder.

    Raises BadSource for a path that leaves the folder, even through a symbolic link, and for a link to itself.
    """
    if "://" in source or source == BROWSER or source.isdecimal():
        return source
    media = Path(settings.MEDIA_ROOT).resolve()
    try:
        path = (media / source.replace("\0", "")).resolve()
    except (OSError, RuntimeError):  # RuntimeError: a symbolic link that leads to itself, before Python 3.13
        raise BadSource(Reason.IMPOSSIBLE_NAME.said()) from None
    if "\0" in source or not path.is_relative_to(media):
        raise BadSource(Reason.OUTSIDE_MEDIA.said())
    return str(path)
