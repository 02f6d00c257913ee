"""One camera as a stream of JPEGs with the boxes drawn in, for players and pages that support nothing else."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont

from people.base.client_address import client_address
from people.base.site_time import local
from streams.live.drawing import drawn
from streams.live.guard import guard
from streams.live.guarded_socket import LOOK_AGAIN_S
from streams.live.live_looks import LiveLooks
from streams.live.sight import Sight, read_sight, read_sight_now
from streams.live.standing import Login
from streams.live.viewers import PLACES
from streams.pipeline.clock import LATE_S
from streams.wire.announcing import camera_group
from streams.wire.frames import unpack_header
from streams.wire.newest_pictures import newest_annotated, newest_frame
from streams.wire.watching import RENEW_EVERY_S, watch

BOUNDARY = "facesite-frame"
CONTENT_TYPE = f"multipart/x-mixed-replace; boundary={BOUNDARY}"


@require_safe
async def camera_mjpeg(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Streams a camera; 403 without the right to see cameras, 404 if there is none, 429 for a user's 21st stream."""
    user = await request.auser()
    sight = await database_sync_to_async(read_sight)(user, slug)
    if sight is None:
        return _refused(403, "You may not see cameras.")
    if not sight.cameras:
        return _refused(404, "There is no such camera.")
    if request.method == "HEAD":
        return HttpResponse(content_type=CONTENT_TYPE)
    if not PLACES.has_room(user.pk):
        return _refused(429, "Too many live connections.")
    stream = Stream(sight, slug, Login.of(user, request.session), LiveLooks(user, client_address(request)))
    await sync_to_async(_give_back_connections)()
    response = StreamingHttpResponse(stream.parts(), content_type=CONTENT_TYPE)
    response["Cache-Control"] = "no-store, private"
    response["X-Accel-Buffering"] = "no"  # a proxy that buffers the parts would show none
    return response


def _give_back_connections() -> None:
    """Closes those of the request's thread, which the stream keeps for hours; not inside a transaction (of a test)."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


def _refused(status: int, reason: str) -> HttpResponse:
    """Returns the refusal as plain text, because players and image tags ask for it."""
    return HttpResponse(reason, status=status, content_type="text/plain")


class Stream:
    """One viewer's stream. It ends when the client leaves, within two seconds of the login, and with the right."""

    def __init__(self, sight: Sight, slug: str, login: Login, looks: LiveLooks) -> None:
        """`sight`: holds only the camera with `slug`."""
        (self.camera_id,), self.slug = sight.cameras, slug
        self._people = sight.people
        self._login, self._login_has_ended = login, False
        self._looks = looks
        self._waiting: asyncio.Timeout | None = None
        self._shown: int | None = None
        self._shown_at = time.monotonic()
        self._old_after_s = LATE_S
        self._last_picture: datetime | None = None
        self._watched_at = self._allowed_at = float("-inf")

    async def parts(self) -> AsyncIterator[bytes]:
        layer: Any = get_channel_layer()
        own = await layer.new_channel()  # with its own prefix it would hear nothing beside sockets (channels_redis)
        if not PLACES.take(self._login.user_id):
            return
        try:
            self._login_has_ended = not await guard().watch(self, self._login)
            await self._looks.change_to([self.camera_id])
            yield f"--{BOUNDARY}\r\n".encode()
            while await self._may_go_on():
                await layer.group_add(camera_group(self.camera_id), own)
                if (jpeg := await self._next()) is not None:
                    yield _part(jpeg)
                await self._doorbell(layer, own)
        finally:
            PLACES.give_back(self._login.user_id)
            await guard().leave(self)
            await layer.group_discard(camera_group(self.camera_id), own)
            self._looks.end()

    def login_ended(self) -> None:
        self._login_has_ended = True
        self._stop_waiting()

    def rights_changed(self, *, sees_cameras: bool) -> None:
        self._allowed_at = float("-inf")
        self._stop_waiting()

    def _stop_waiting(self) -> None:
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(asyncio.get_running_loop().time())

    async def _next(self) -> bytes | None:
        """Returns the newest picture if it was not shown yet; a "No picture" sign if the last one is old; else None."""
        if time.monotonic() - self._watched_at >= RENEW_EVERY_S:
            self._watched_at = time.monotonic()
            await watch("annotated" if self._people is None else "frame", [self.camera_id])
        if (jpeg := await self._newer()) is not None:
            self._shown_at, self._last_picture = time.monotonic(), datetime.now(UTC)
            return jpeg
        if time.monotonic() - self._shown_at >= self._old_after_s:
            self._shown_at = time.monotonic()
            return await asyncio.to_thread(no_picture, self._last_picture)
        return None

    async def _newer(self) -> bytes | None:
        """Returns a new picture, or None. The worker's has every name; a viewer with limits gets one drawn here."""
        if self._people is None:
            annotated = await newest_annotated(self.camera_id)
            if annotated is None or annotated.frame == self._shown:
                return None
            self._shown, self._old_after_s = annotated.frame, annotated.old_after_s
            return annotated.jpeg
        newest = await newest_frame(self.camera_id)
        if newest is None or newest[0] == self._shown:
            return None
        self._shown, self._old_after_s = newest[0], unpack_header(newest[1])["old_after_ms"] / 1000
        return await asyncio.to_thread(drawn, newest[1], self._people)

    async def _may_go_on(self) -> bool:
        if self._login_has_ended:
            return False
        if not self._must_look():
            return True
        self._allowed_at = time.monotonic()
        _, sight = await guard().ask(read_sight_now, self._login.session_key, self.slug)
        if sight is None or self.camera_id not in sight.cameras:
            return False
        if (self._people is None) != (sight.people is None):
            self._watched_at = float("-inf")  # ask for the other kind of picture at once
        self._people = sight.people
        return True

    def _must_look(self) -> bool:
        return self._login_has_ended or time.monotonic() - self._allowed_at >= LOOK_AGAIN_S

    async def _doorbell(self, layer: Any, own: str) -> None:
        """Waits until the camera has a new frame, the guard calls, or a second is over."""
        try:
            if self._must_look():
                return  # the guard called while a picture was made
            async with asyncio.timeout(1.0) as self._waiting:
                while (await layer.receive(own))["type"] != "frame.ready":
                    pass
        except TimeoutError:
            return
        finally:
            self._waiting = None


def _part(jpeg: bytes) -> bytes:
    """Returns a part with the next boundary after it: browsers show a part only once they have seen its end."""
    head = f"Content-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n".encode()
    return head + jpeg + f"\r\n--{BOUNDARY}\r\n".encode()


def no_picture(since: datetime | None) -> bytes:
    """Returns a JPEG of 640×360 pixels that says that there is no picture, and since when."""
    image = Image.new("RGB", (640, 360), (38, 42, 48))
    text = f"No picture since {local(since):%H:%M:%S %Z}" if since else "No picture"
    font = ImageFont.load_default(28)
    ImageDraw.Draw(image).text((320, 180), text, fill=(214, 219, 225), font=font, anchor="mm")
    target = io.BytesIO()
    image.save(target, "JPEG", quality=80)
    return target.getvalue()
