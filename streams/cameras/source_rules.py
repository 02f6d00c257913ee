"""Rules for the sources that a camera may have, and the way to show a source without its secrets."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from streams.pipeline.errors import BadAddress
from streams.pipeline.sources.addresses import SourceKind, kind_of
from streams.pipeline.sources.networks import CameraNetworks, literal
from streams.pipeline.sources.videos import Videos, place_of

# Only containers and picture streams: FFmpeg would also open playlists, which make it read further files.
VIDEO_SUFFIXES = (".avi", ".m4v", ".mjpeg", ".mjpg", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ts", ".webm")
HIGHEST_DEVICE = 63


def validate_source(source: str) -> None:
    """Raises ValidationError, with a sentence about what is wrong and what is expected, for an invalid source.

    Valid are rtsp(s) and http(s) addresses, the path of a video file under the media folder or in a bucket of
    VIDEO_BUCKETS, a device number, and a browser.
    """
    if not source.isprintable():
        raise ValidationError("The source contains a character that cannot be printed.")
    try:
        kind = kind_of(source)
    except BadAddress as bad:
        raise ValidationError(bad.said) from None
    if kind is SourceKind.BROWSER:
        return
    rule = {
        SourceKind.DEVICE: _validate_device,
        SourceKind.NETWORK: _validate_address,
        SourceKind.FILE: _validate_path,
        SourceKind.STORAGE: _validate_stored,
    }[kind]
    rule(source)


def validate_looking_source(source: str) -> None:
    """Raises ValidationError for what is no address of a network camera. The rules are those of a source."""
    validate_source(source)
    if kind_of(source) is not SourceKind.NETWORK:
        raise ValidationError("A smaller stream is an address: rtsp://… or http(s)://….")


def redacted(source: str) -> str:
    """Returns `source` without user, password and query: rtsp://user:secret@host/1?key=2 becomes rtsp://…@host/1?…

    It is stricter than the pipeline's `redact`, which keeps the rest of a sentence readable: a page only needs the
    place, and a camera may give any name to a secret in its query.
    """
    if "://" not in source:
        return source
    scheme, rest = source.split("://", 1)
    place, query_mark, query = re.sub("#", "?", rest).partition("?")
    if "@" in query:  # either the query contains an @ or the password a ?: no part is safe to show
        return f"{scheme}://…"
    if "@" in place:  # split at the last one: a password may contain an @ or a / itself
        place = "…@" + place.rsplit("@", 1)[1]
    return f"{scheme}://{place}{'?…' if query_mark else ''}"


def _validate_device(source: str) -> None:
    if not source.isascii() or len(source) > 2 or int(source) > HIGHEST_DEVICE:
        raise ValidationError(f"Expected a device number from 0 to {HIGHEST_DEVICE}.")


def _validate_address(source: str) -> None:
    if " " in source:
        raise ValidationError("An address cannot contain spaces; write %20 instead.")
    host = (urlsplit(source).hostname or "").rstrip(".")
    address = literal(host)
    if host == "metadata.google.internal" or (address and not camera_networks().permit(address)):
        # The camera's child resolves host names itself, each time right before it connects.
        raise ValidationError(
            f"{host} is in a network that is not allowed for cameras; the setting CAMERA_NETWORKS names those that are."
        )


def camera_networks() -> CameraNetworks:
    """Returns the networks that may contain cameras besides public ones."""
    return CameraNetworks.of(settings.CAMERA_NETWORKS)


def stored_videos() -> Videos:
    """Returns the buckets whose videos cameras may play, and the workers' cache for them."""
    return Videos(tuple(settings.VIDEO_BUCKETS), str(settings.VIDEO_CACHE), settings.VIDEO_CACHE_BYTES)


def _validate_stored(source: str) -> None:
    try:
        bucket, name = place_of(source)
    except BadAddress as bad:
        raise ValidationError(bad.said) from None
    if bucket not in settings.VIDEO_BUCKETS:
        raise ValidationError(
            f"Videos of the bucket {bucket} are not allowed; the setting VIDEO_BUCKETS names the buckets that are."
        )
    _validate_suffix(name)


def _validate_path(source: str) -> None:
    path = PurePosixPath(source)
    if path.is_absolute() or "\\" in source or ":" in source:
        raise ValidationError("Write a file as a path under the media folder, such as clips/door.mp4.")
    if ".." in path.parts:
        raise ValidationError("A path cannot leave the media folder: “..” is not allowed.")
    _validate_suffix(source)


def _validate_suffix(name: str) -> None:
    if PurePosixPath(name).suffix.lower() not in VIDEO_SUFFIXES:
        raise ValidationError(
            f"This is no address, no device number and no video file; video files end in {', '.join(VIDEO_SUFFIXES)}."
        )
