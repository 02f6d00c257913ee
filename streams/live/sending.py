"""The socket on which a phone or laptop sends its camera's pictures, one at a time, each answered with an ack.

The browser sends the next picture only after the server acknowledged the last one, so nothing queues on the way: a
slow network means fewer pictures, never older ones.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Any
from uuid import uuid4

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from streams.live.incoming import MessageRate
from streams.live.live_socket import BAD_MESSAGE, LOOK_AGAIN_S, NO_CAMERA, NO_RIGHT, NOBODY, TOO_MANY
from streams.live.viewers import user_now
from streams.records.camera import Camera
from streams.wire.builders import send_ack, send_welcome
from streams.wire.sent_pictures import PICTURE_SENT, RENEW_EVERY_S, leave_place, put_sent, sent_group, take_place

logger = logging.getLogger(__name__)

TAKEN = 4409
LARGEST = 500_000
"""Bytes of a picture; one that is 960 pixels wide has some 100,000."""
PER_SECOND, BURST = 15, 30
JPEG_BEGINS = b"\xff\xd8\xff"


class SendConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """The socket of one browser that sends to one camera."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sender, self._rate = uuid4().hex, MessageRate(PER_SECOND, BURST)
        self._camera_id: int | None = None
        self._number = time.time_ns()  # of the last picture; no two senders begin with the same number
        self._renewed_at = self._allowed_at = time.monotonic()

    async def connect(self) -> None:
        refusal = await self._refusal()
        if refusal == TAKEN:
            await self.accept()  # a browser sees the close code only of an accepted socket
        if refusal:
            await self.close(refusal)
            return
        await self.accept()
        await self.send(text_data=json.dumps(send_welcome()))

    async def disconnect(self, code: int) -> None:
        if self._camera_id is not None:
            await asyncio.to_thread(leave_place, self._camera_id, self._sender)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        refusal = self._fault(bytes_data) or await self._lost_right()
        if refusal or bytes_data is None:
            await self.close(refusal or BAD_MESSAGE)
            return
        assert self._camera_id is not None  # accepted
        self._number += 1
        await asyncio.to_thread(put_sent, self._camera_id, (self._number, bytes_data))
        await self.channel_layer.group_send(sent_group(self._camera_id), {"type": PICTURE_SENT})
        await self.send(text_data=json.dumps(send_ack()))

    async def _refusal(self) -> int | None:
        """Returns the close code if the socket is refused; otherwise None, and takes the camera's place."""
        user = self.scope["user"]
        if not user.is_authenticated:
            return NOBODY
        camera_id = await self._camera_of(user)
        if camera_id is None:
            return NO_CAMERA  # the same without the right, so that a stranger does not learn which cameras exist
        if not await asyncio.to_thread(take_place, camera_id, self._sender):
            return TAKEN
        self._camera_id = camera_id
        return None

    def _fault(self, picture: bytes | None) -> int | None:
        if picture is None or len(picture) > LARGEST or not picture.startswith(JPEG_BEGINS):
            return BAD_MESSAGE
        return None if self._rate.allows_one_more() else TOO_MANY

    async def _lost_right(self) -> int | None:
        """Checks the rights every 30 s and renews the place every 3 s; returns the close code if one is lost."""
        now = time.monotonic()
        if now - self._allowed_at > LOOK_AGAIN_S:
            self._allowed_at = now
            if await self._camera_of(await user_now(self.scope["session"].session_key)) != self._camera_id:
                return NO_RIGHT
        if now - self._renewed_at > RENEW_EVERY_S:
            self._renewed_at = now
            assert self._camera_id is not None
            if not await asyncio.to_thread(take_place, self._camera_id, self._sender):
                return TAKEN
        return None

    async def _camera_of(self, user: Any) -> int | None:
        slug = self.scope["url_route"]["kwargs"]["slug"]
        camera_id: int | None = await database_sync_to_async(_sendable)(user, slug)
        return camera_id


def _sendable(user: Any, slug: str) -> int | None:
    return Camera.objects.sendable_by(user).filter(slug=slug).values_list("pk", flat=True).first()
