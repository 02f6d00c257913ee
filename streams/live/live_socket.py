"""A socket that lets a user in, shows what the user may see, and closes when the user may not watch any more."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer

from people.base.doorbells import VIEWERS
from streams.live.guard import guard
from streams.live.guarded_socket import NO_CAMERA, NO_RIGHT, NOBODY, TOO_MANY, GuardedSocket
from streams.live.in_view import InView
from streams.live.masking import SightingFeed
from streams.live.sight import Sight, read_hello, read_open, read_sight, read_sight_now, read_states
from streams.live.viewers import PLACES
from streams.wire.announcing import camera_group
from streams.wire.builders import camera_gone
from streams.wire.shapes import CameraRef, FromServer, Hello, SightingRecord


class LiveSocket(GuardedSocket):
    """The socket of one browser. It joins the groups of the cameras that its user may see."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sight = Sight({}, sightings=False)
        self.feed, self.in_view = SightingFeed(), InView()
        self._place: Any = None

    @property
    def slug(self) -> str | None:
        """Returns the slug of this socket's only camera; None if it shows all cameras."""
        return None

    def left(self, cameras: Iterable[int]) -> None:
        """Is called when the user may not see `cameras` any more."""

    async def work(self) -> None:
        """Runs beside the messages while the socket is open."""

    async def connect(self) -> None:
        refusal = await self._refusal()
        if refusal:
            await self.close(refusal)
            return
        await self._join(self.sight.cameras)
        await self.accept()
        await self._greet(self.scope["user"])
        self.begin(self.work)

    async def _greet(self, user: Any) -> None:
        greeting, seen_now = await database_sync_to_async(_read_greeting)(user, self.sight)
        self.feed.greet(greeting)
        self.in_view.hear(greeting["cameras"])
        in_view = self.in_view.greet(seen_now, time.monotonic())
        greeting["in_view"] = in_view if self.sight.presence else None
        await self.say(greeting)

    async def cameras_changed(self, message: Mapping[str, Any]) -> None:
        self.look_again.ring()

    def rights_changed(self, *, sees_cameras: bool) -> None:
        """Ends at once without the right to see cameras: a hundred looks of as many sockets took seconds."""
        self._ending = self._ending if sees_cameras else NO_RIGHT
        super().rights_changed(sees_cameras=sees_cameras)

    async def _refusal(self) -> int | None:
        """Returns the close code if the socket is refused; otherwise None, and takes one of the user's places."""
        user = self.scope["user"]
        if not await self.be_guarded():
            return NOBODY
        sight = await database_sync_to_async(read_sight)(user, self.slug)
        if sight is None:
            return NO_RIGHT
        if self.slug is not None and not sight.cameras:
            return NO_CAMERA
        if not PLACES.take(user.pk):
            return TOO_MANY
        self.sight, self._place = sight, user.pk
        return None

    async def look(self) -> None:
        user, sight = await guard().ask(read_sight_now, self.session_key, self.slug)
        if sight is None:
            await self.close(NO_RIGHT if user.is_authenticated else NOBODY)
            return
        before = self.sight
        await self._change_to(sight)
        if self.slug is not None and not sight.cameras:
            await self.close(NO_CAMERA)
        elif sight.is_narrower_than(before):
            await self._greet(user)

    async def _change_to(self, sight: Sight) -> None:
        before, self.sight = self.sight.cameras, sight
        gone = {pk: camera for pk, camera in before.items() if sight.cameras.get(pk) != camera}
        new = {pk: camera for pk, camera in sight.cameras.items() if before.get(pk) != camera}
        self.left(gone)
        for pk, camera in gone.items():
            await self.channel_layer.group_discard(camera_group(pk), self.channel_name)
            await self.say(camera_gone(camera))
        # Join all groups again: layers forget members after a day, and those that were slow for a minute.
        await self._join(sight.cameras)
        states = await database_sync_to_async(read_states)(new) if new else []
        self.in_view.hear(states)
        for state in states:
            await self.say(state)

    async def _join(self, cameras: Mapping[int, CameraRef]) -> None:
        for group in (VIEWERS, *map(camera_group, cameras)):
            await self.channel_layer.group_add(group, self.channel_name)

    async def leave(self) -> None:
        await super().leave()
        if self._place is None:
            return
        PLACES.give_back(self._place)
        for group in (VIEWERS, *map(camera_group, self.sight.cameras)):
            await self.channel_layer.group_discard(group, self.channel_name)

    async def say(self, message: FromServer) -> None:
        await self.send_open(text_data=json.dumps(message))

    async def send_open(self, **data: Any) -> None:
        """Sends unless the socket was closed; ends the consumer quietly if the browser has left."""
        if self._closed:
            return
        try:
            await self.send(**data)
        except OSError:  # ASGI servers raise it when the client is gone
            self._closed = True
            raise StopConsumer from None


def _read_greeting(user: Any, sight: Sight) -> tuple[Hello, list[SightingRecord]]:
    return read_hello(user, sight), read_open(user, sight)
