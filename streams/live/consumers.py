"""The sockets of the dashboard and of one camera's page; streams/wire/shapes.py describes their messages."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import DatabaseError

from streams.errors import BadMessage
from streams.live.flow import Flow
from streams.live.guarded_socket import BAD_MESSAGE, BROKEN, TOO_MANY
from streams.live.incoming import MessageRate, read_message
from streams.live.live_looks import PICTURES, SEEN, LiveLooks, address_of
from streams.live.live_socket import LiveSocket
from streams.live.masking import shown_frame, shown_record
from streams.wire.announcing import AlertSaid, FrameReady, SightingForgotten, SightingSaid, StateSaid
from streams.wire.builders import pong, sighting_gone
from streams.wire.newest_frames import NEWEST
from streams.wire.shapes import FromBrowser
from streams.wire.watching import RENEW_EVERY_S, watch

logger = logging.getLogger(__name__)

NEEDS_NO_DATABASE = frozenset(
    {"frame.ready", "camera.state", "sighting", "sighting.gone", "alert", "cameras.changed", "websocket.receive"}
)


class DashboardConsumer(LiveSocket):
    """The socket of the dashboard, with all cameras that the user may see."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flow, self.rate = Flow(), MessageRate()
        self._looks: LiveLooks | None = None

    def left(self, cameras: Iterable[int]) -> None:
        self.flow.watch(self.flow.watched.difference(cameras))

    async def work(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            if self.flow.watched:
                await watch("frame", self.flow.watched)
            self.in_view.drop_silent(time.monotonic())
            await self._tell_presence()

    async def _greet(self, user: Any) -> None:
        """Tells who was seen lately, and from then on who is: also to viewers who ask for no picture."""
        if await self._write_down(self.sight.telling, SEEN):
            await super()._greet(user)

    async def look(self) -> None:
        await super().look()
        if not self._closed and await self._write_down(self.sight.telling, SEEN):
            await self._write_down(self.flow.watched)

    async def leave(self) -> None:
        await super().leave()
        if self._looks:
            self._looks.end()

    async def _write_down(self, cameras: Iterable[int], kind: str = PICTURES) -> bool:
        """Writes down who watches what; if it cannot, and the site is strict, closes the socket and returns False."""
        if self._looks is None:
            self._looks = LiveLooks(self.scope["user"], address_of(self.scope))
        try:
            await self._looks.change_to(cameras, kind)
        except DatabaseError:
            logger.exception("a live view is refused: its entry in the audit cannot be stored")
            await self.close(BROKEN)
            return False
        return True

    async def dispatch(self, message: Mapping[str, Any]) -> None:
        """Dispatches as Channels does, but skips the round trip to a thread if a message needs no database."""
        if message["type"] in NEEDS_NO_DATABASE:
            await getattr(self, message["type"].replace(".", "_"))(message)
        else:
            await super().dispatch(message)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self.rate.allows_one_more():
            await self.close(TOO_MANY)
            return
        try:
            said = read_message(text_data)
        except BadMessage as error:
            await self.close(BAD_MESSAGE, reason=str(error))
            return
        await self._answer(said)

    async def frame_ready(self, message: FrameReady) -> None:
        NEWEST.rang(message["camera_id"], message["frame"])
        if self.flow.ring(message["camera_id"]):
            await self._send_newest(message["camera_id"])

    async def camera_state(self, message: StateSaid) -> None:
        if message["camera_id"] in self.sight.cameras:
            self.in_view.hear([message["state"]])
            await self.say(message["state"])

    async def sighting(self, message: SightingSaid) -> None:
        if not (self.sight.sightings and message["camera_id"] in self.sight.cameras):
            return
        event, knowing = message["event"], self.sight.knowing
        if knowing.people is not None and event["sighting"]["gallery_version"] > self.sight.gallery_version:
            self.look_again.ring()  # its gallery may have people who are new or now beyond the limits
        shown = self.feed.shown(event, knowing)
        if shown is not None:
            await self.say(shown)
        record = shown_record(event["sighting"], knowing)  # in view may be somebody whom the feed has dropped by now
        if record is not None:
            self.in_view.take(record, time.monotonic())
        else:
            self.in_view.drop(event["sighting"]["id"])
        await self._tell_presence()

    async def sighting_gone(self, message: SightingForgotten) -> None:
        if message["camera_id"] not in self.sight.cameras:
            return
        if self.feed.take_back(message["sighting"]):
            await self.say(sighting_gone(message["sighting"]))
        self.in_view.drop(message["sighting"])
        await self._tell_presence()

    async def _tell_presence(self) -> None:
        change = self.in_view.change()
        if change is not None and self.sight.presence:
            await self.say(change)

    async def alert(self, message: AlertSaid) -> None:
        if self.sight.shows_alert(message["camera_id"], message["person"], message["names_somebody"]):
            await self.say(self.sight.alert_of(message))

    async def _answer(self, said: FromBrowser) -> None:
        if said["type"] == "ping":
            await self.say(pong())
        elif said["type"] == "ack":
            camera_id = self._ids().get(said["camera"])
            if camera_id is not None and self.flow.acknowledge(camera_id, said["frame"]):
                await self._send_newest(camera_id)
        else:
            ids = self._ids()
            await self._watch(ids[slug] for slug in dict.fromkeys(said["cameras"]) if slug in ids)

    async def _watch(self, cameras: Iterable[int]) -> None:
        wanted = list(cameras)
        if not await self._write_down(wanted):
            return
        added = self.flow.watch(pk for pk in wanted if pk in self.sight.cameras)  # rights may be taken meanwhile
        if added:
            await watch("frame", added)
        for camera_id in added:
            await self._send_newest(camera_id)

    async def _send_newest(self, camera_id: int) -> None:
        newest = await NEWEST.get(camera_id)
        if newest is not None and camera_id in self.sight.cameras and self.flow.send(camera_id, newest[0]):
            await self.send_open(bytes_data=shown_frame(newest[1], self.sight.knowing))

    def _ids(self) -> dict[str, int]:
        return {camera["slug"]: pk for pk, camera in self.sight.cameras.items()}


class CameraConsumer(DashboardConsumer):
    """The socket of one camera's page."""

    @property
    def slug(self) -> str:
        return str(self.scope["url_route"]["kwargs"]["slug"])
