"""Publishes pictures for viewers: puts the newest of each camera into the cache and rings a small doorbell."""

from __future__ import annotations

from collections.abc import Mapping

from streams.pipeline.messages import Overlay
from streams.wire.announcing import announce_frame
from streams.wire.builders import frame_header
from streams.wire.newest_pictures import put_annotated, put_frame
from streams.wire.newest_values import Newest


class Previews:
    """Takes overlays by `put`, which never waits, and publishes them in `run`; ignores overlays without pictures."""

    def __init__(self) -> None:
        self._newest: Newest[tuple[str, Mapping[str, str], Overlay]] = Newest()

    @property
    def overlays_dropped(self) -> int:
        return self._newest.replaced

    def put(self, camera_id: int, slug: str, names: Mapping[str, str], overlay: Overlay) -> None:
        if overlay.preview is not None or overlay.annotated is not None:
            self._newest.put(camera_id, (slug, names, overlay))

    async def run(self) -> None:
        """Publishes until cancelled."""
        while True:
            newest = await self._newest.take()
            for camera_id, (slug, names, overlay) in newest.items():
                await _publish(camera_id, slug, names, overlay)


async def _publish(camera_id: int, slug: str, names: Mapping[str, str], overlay: Overlay) -> None:
    if overlay.preview is not None:
        await put_frame(camera_id, frame_header(slug, overlay, names), overlay.preview)
    if overlay.annotated is not None:
        await put_annotated(camera_id, overlay.frame, overlay.annotated, overlay.old_after_s)
    await announce_frame(camera_id, overlay.frame)
