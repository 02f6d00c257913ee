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

from people.accounts.sessions import user_of_session
from streams.live.guard import guard
from streams.live.guarded_socket import BAD_MESSAGE, NO_CAMERA, NO_RIGHT, NOBODY, TOO_MANY, GuardedSocket
from streams.live.incoming import MessageRate
from streams.records.camera import Camera
from streams.wire.builders import send_ack, send_welcome
from streams.wire.sent_pictures import PICTURE_SENT, RENEW_EVERY_S, leave_place, put_sent, sent_group, take_place

logger = logging.getLogger(__name__)

TAKEN = 4409
LARGEST = 500_000
"""Bytes of a picture; one that is 960 pixels wide has some 100,000."""
PER_SECOND, BURST = 15, 30
JPEG_BEGINS = b"\xff\xd8\xff"


class SendConsumer(GuardedSocket):
    """The socket of one browser that sends to one camera."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sender, self._rate = uuid4().hex, MessageRate(PER_SECOND, BURST)
        self._camera_id: int | None = None
        self._number = time.time_ns()  # of the last picture; no two senders begin with the same number
        self._renewed_at = time.monotonic()

    async def connect(self) -> None:
        refusal = await self._refusal()
        if refusal == TAKEN:
            await self.accept()  # a browser sees the close code only of an accepted socket
        if refusal:
            await self.close(refusal)
            return
        await self.accept()
        await self.send(text_data=json.dumps(send_welcome()))
        self.begin()

    async def look(self) -> None:
        user, camera_id = await guard().ask(_sendable_now, self.session_key, self._slug)
        if camera_id != self._camera_id:
            await self.close(NO_RIGHT if user.is_authenticated else NOBODY)

    async def leave(self) -> None:
        await super().leave()
        if self._camera_id is not None:
            await asyncio.to_thread(leave_place, self._camera_id, self._sender)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        refusal = self._fault(bytes_data) or await self._lost_place()
        if self._closed:
            return
        if refusal or bytes_data is None:
            await self.close(refusal or BAD_MESSAGE)
            return
        assert self._camera_id is not None  # accepted
        self._number += 1
        await asyncio.to_thread(put_sent, self._camera_id, (self._number, bytes_data))
        await self.channel_layer.group_send(sent_group(self._camera_id), {"type": PICTURE_SENT})
        if not self._closed:
            await self.send(text_data=json.dumps(send_ack()))

    async def _refusal(self) -> int | None:
        """Returns the close code if the socket is refused; otherwise None, and takes the camera's place."""
        if not await self.be_guarded():
            return NOBODY
        camera_id = await database_sync_to_async(_sendable)(self.scope["user"], self._slug)
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

    async def _lost_place(self) -> int | None:
        """Renews the place every 3 s; returns the close code if another browser has it."""
        now = time.monotonic()
        if now - self._renewed_at > RENEW_EVERY_S:
            self._renewed_at = now
            assert self._camera_id is not None
            if not await asyncio.to_thread(take_place, self._camera_id, self._sender):
                return TAKEN
        return None

    @property
    def _slug(self) -> str:
        return str(self.scope["url_route"]["kwargs"]["slug"])


def _sendable(user: Any, slug: str) -> int | None:
    return Camera.objects.sendable_by(user).filter(slug=slug).values_list("pk", flat=True).first()


def _sendable_now(session_key: str | None, slug: str) -> tuple[Any, int | None]:
    user = user_of_session(session_key)
    return user, _sendable(user, slug)
