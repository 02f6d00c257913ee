"""The small protocol that every source follows, and the function that opens the source a camera's text names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from people.recognition.types import Image
from streams.pipeline.errors import BadAddress, SourceDown
from streams.pipeline.sources.addresses import SourceKind, kind_of
from streams.pipeline.sources.devices import DeviceSource
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.pictures import EVERY_S
from streams.pipeline.sources.playback import Playback
from streams.pipeline.sources.reading import PictureReader
from streams.pipeline.sources.receiving import Receiving, Wishes
from streams.pipeline.sources.sending import Sending, SentPictures
from streams.pipeline.sources.stored import Stored
from streams.pipeline.sources.transport import Transport
from streams.pipeline.sources.videos import Videos
from streams.pipeline.sources.wanting import IsWanted, always

OPEN_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 5.0
PUBLIC = CameraNetworks()
NO_VIDEOS = Videos()


class Source(Protocol):
    def read(self, is_wanted: IsWanted = always) -> Image | None:
        """Returns the next frame, RGB and upright; blocks until it is due.

        Asks `is_wanted` once, when the frame has come; if not, it only skips the frame, which costs less, and returns
        None.
        Raises SourceDown, or SourceEnded after the last frame.
        """

    def close(self) -> None: ...


def aspect_of(source: Source) -> float:
    """Returns the pixel aspect by which it stretches its frames, if it knows one as `pixel_aspect`; 1 otherwise."""
    return float(getattr(source, "pixel_aspect", 1.0))


def lost_of(source: Source) -> int:
    """Returns how many packets did not come, if it knows that as `packets_lost`; 0 otherwise."""
    return int(getattr(source, "packets_lost", 0))


def pace_of(source: Source) -> float:
    """Returns the seconds between two frames, if it asks for them at a pace of its own, as `pace_s`; 0 otherwise."""
    return float(getattr(source, "pace_s", 0.0))


def packets_of(source: Source) -> PictureReader | None:
    """Returns the reader of its packets, if it has one as `packets`: a live stream that need not be decoded whole."""
    return getattr(source, "packets", None)


OpenSource = Callable[[str, bool], Source]
"""The type of open_source; tests pass another function."""


def open_source(
    source: str,
    loop: bool,
    *,
    open_timeout_s: float = OPEN_TIMEOUT_S,
    read_timeout_s: float = READ_TIMEOUT_S,
    networks: CameraNetworks = PUBLIC,
    gate: Gate | None = None,
    smallest_face_px: int = 40,
    snapshot_every_s: float = EVERY_S,
    transport: Transport = Transport.AUTOMATIC,
    seen_live: set[str] | None = None,
    sent: SentPictures | None = None,
    videos: Videos = NO_VIDEOS,
) -> Source:
    """Opens a path, an address, a device number, an object in cloud storage, or a browser's pictures.

    `loop` starts a finished file again. An address may lead to public networks and to `networks`, through `gate` or
    a new one; if it gives single pictures, it is asked every `snapshot_every_s`; `transport` says how the packets of
    an RTSP server travel. Of several qualities the smallest is
    played that shows faces of `smallest_face_px`. `seen_live` keeps from one call to the next what was live. `videos`
    says which objects may be played. A browser's pictures come through `sent`. Raises SourceDown with the reason.
    """
    try:
        kind = kind_of(source)
    except BadAddress as bad:
        raise SourceDown(bad.said) from None
    if kind is SourceKind.FILE:
        return Playback(source, loop)
    if kind is SourceKind.BROWSER:
        return Sending(sent or SentPictures(), read_timeout_s)
    if kind is SourceKind.STORAGE:
        return Stored(source, loop, videos)
    if kind is SourceKind.DEVICE:
        return DeviceSource(int(source))
    wishes = Wishes(
        loop, open_timeout_s, read_timeout_s, snapshot_every_s, smallest_face_px, transport,
        seen_live=set() if seen_live is None else seen_live,
    )  # fmt: skip
    return Receiving(source, gate or Gate(networks), wishes)
