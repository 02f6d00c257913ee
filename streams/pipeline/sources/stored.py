"""The source of a video in cloud storage (`gs://bucket/object`): it fills a limited folder, then plays like a file."""

from __future__ import annotations

import time

from people.recognition.types import Image
from streams.pipeline.errors import BadAddress, Fetching, SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.bucket import StoredObject
from streams.pipeline.sources.playback import Playback
from streams.pipeline.sources.video_cache import KeptVideo, VideoCache
from streams.pipeline.sources.videos import Videos, place_of
from streams.pipeline.sources.wanting import IsWanted, always

PIECE_BYTES = 8_000_000
SLICE_S = 2.0
"""How long one try fetches before it reports its progress."""


class Stored:
    """Source of one object. The capture opens it until all of it is here; each time Fetching reports the progress."""

    def __init__(self, source: str, loop: bool, videos: Videos) -> None:
        """Raises Fetching, or SourceDown with the reason."""
        self._kept = kept_video(source, videos)
        try:
            self._playback = Playback(str(self._kept.path), loop)
        except BaseException:
            self._kept.close()
            raise

    @property
    def pixel_aspect(self) -> float:
        return self._playback.pixel_aspect

    def read(self, is_wanted: IsWanted = always) -> Image | None:
        return self._playback.read(is_wanted)

    def close(self) -> None:
        self._playback.close()
        self._kept.close()


def kept_video(source: str, videos: Videos) -> KeptVideo:
    """Returns the whole video on disk. Raises Fetching until all of it is here, or SourceDown with the reason."""
    try:
        bucket, name = place_of(source)
    except BadAddress as bad:
        raise SourceDown(bad.said) from None
    if bucket not in videos.buckets:
        raise SourceDown(Reason.BUCKET.said(bucket=bucket))
    stored = StoredObject(bucket, name)
    if stored.size_bytes > videos.most_bytes:
        too_big = Reason.TOO_BIG.said(size_mb=stored.size_bytes / 1e6, most_mb=videos.most_bytes / 1e6)
        raise SourceDown(too_big)
    cache = VideoCache(videos.folder, videos.most_bytes)
    return cache.kept(bucket, name, stored.generation) or _fetched(cache, bucket, name, stored)


def _fetched(cache: VideoCache, bucket: str, name: str, stored: StoredObject) -> KeptVideo:
    """Fetches missing bytes for SLICE_S; returns the video once it is whole, raises Fetching before."""
    with cache.fetching(bucket, name, stored.generation, stored.size_bytes) as part:
        until_s = time.monotonic() + SLICE_S
        while part.size_bytes < stored.size_bytes:
            part.write(stored.read(part.size_bytes, min(part.size_bytes + PIECE_BYTES, stored.size_bytes)))
            if part.size_bytes < stored.size_bytes and time.monotonic() > until_s:
                raise Fetching(part.size_bytes, stored.size_bytes)
        return part.finish(stored.crc32c)
