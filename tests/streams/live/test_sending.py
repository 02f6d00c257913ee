"""A phone or laptop sends its camera's pictures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from streams.pipeline.messages import SentPicture
from streams.records.camera import Camera
from streams.running.feeding import PictureFeed
from streams.wire.sent_pictures import newest_sent
from tests.streams.browser import BrowserSocket
from tests.streams.live.test_consumers import socket

pytestmark = pytest.mark.django_db(transaction=True)
SEND = "/ws/cameras/phone/send/"
JPEG = b"\xff\xd8\xff a picture"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def phone(db: None) -> Camera:
    return Camera.objects.create(name="Phone", slug="phone", source="browser:")


@pytest.fixture
def sender(stranger: User) -> User:
    """May send, and see or change nothing."""
    stranger.user_permissions.add(Permission.objects.get(codename="send_to_camera"))
    return stranger


@pytest.fixture
async def sockets() -> AsyncIterator[list[BrowserSocket]]:
    opened: list[BrowserSocket] = []
    yield opened
    for each in opened:
        await each.leave()


async def sending_socket(user: User | None, sockets: list[BrowserSocket]) -> BrowserSocket:
    opened = await socket(user, SEND)
    assert await opened.connect() is None
    sockets.append(opened)
    return opened


async def send(opened: BrowserSocket, picture: bytes) -> None:
    await opened.send_input({"type": "websocket.receive", "bytes": picture})


async def heard(opened: BrowserSocket) -> Any:
    return json.loads(await opened.hear())["type"]


async def test_only_who_may_send_is_let_in(phone: Camera, viewer: User, sender: User) -> None:
    assert await (await socket(None, SEND)).connect() == 4401
    assert await (await socket(viewer, SEND)).connect() == 4404
    assert await (await socket(sender, "/ws/cameras/nowhere/send/")).connect() == 4404
    assert await (await socket(sender, SEND, origin="https://evil.example")).connect() == 1000


async def test_a_camera_with_another_source_takes_no_pictures(hall: Camera, operator: User) -> None:
    assert await (await socket(operator, "/ws/cameras/hall/send/")).connect() == 4404


async def test_each_picture_is_kept_as_the_newest_and_acknowledged(
    phone: Camera, sender: User, sockets: list[BrowserSocket]
) -> None:
    opened = await sending_socket(sender, sockets)
    assert await heard(opened) == "send.welcome"
    for picture in (JPEG + b"1", JPEG + b"2"):
        await send(opened, picture)
        assert await heard(opened) == "send.ack"
        newest = newest_sent(phone.pk)
        assert newest and newest[1] == picture


async def test_the_worker_hands_the_newest_picture_to_the_child(
    phone: Camera, sender: User, sockets: list[BrowserSocket]
) -> None:
    handed: list[SentPicture] = []
    feed = asyncio.create_task(PictureFeed(phone.pk, handed.append).run())
    opened = await sending_socket(sender, sockets)
    for number in range(3):
        await send(opened, JPEG + bytes([number]))
        await asyncio.sleep(0.2)
    feed.cancel()
    await asyncio.gather(feed, return_exceptions=True)
    assert [each.jpeg[-1] for each in handed] == [0, 1, 2]
    assert "picture" not in repr(handed[0].__class__(JPEG)).split("(", 1)[1]


async def test_a_second_sender_is_told_that_the_place_is_taken_until_it_is_free(
    phone: Camera, sender: User, sockets: list[BrowserSocket]
) -> None:
    first = await sending_socket(sender, sockets)
    second = await sending_socket(sender, [])
    assert await second.hear_close() == 4409
    sockets.remove(first)
    await first.leave()
    await sending_socket(sender, sockets)


@pytest.mark.parametrize("picture", [b"", b"GIF89a", JPEG + b"x" * 600_000])
async def test_anything_but_a_small_jpeg_closes_the_socket(
    picture: bytes, phone: Camera, sender: User, sockets: list[BrowserSocket]
) -> None:
    opened = await sending_socket(sender, sockets)
    await send(opened, picture)
    assert await opened.hear_close() == 4400
    assert newest_sent(phone.pk) is None


async def test_text_closes_the_socket(phone: Camera, sender: User, sockets: list[BrowserSocket]) -> None:
    opened = await sending_socket(sender, sockets)
    await opened.say({"type": "ping"})
    assert await opened.hear_close() == 4400


async def test_a_flood_closes_the_socket(phone: Camera, sender: User, sockets: list[BrowserSocket]) -> None:
    opened = await sending_socket(sender, sockets)
    for _ in range(60):
        await send(opened, JPEG)
    assert await opened.hear_close() == 4429


def test_the_page_is_for_those_who_may_send(client: Client, phone: Camera, viewer: User, sender: User) -> None:
    page = reverse("send_to_camera", args=["phone"])
    assert client.get(page).status_code == 302
    client.force_login(viewer)
    assert client.get(page).status_code == 404
    assert "Send from this device" not in client.get(reverse("camera", args=["phone"])).content.decode()
    client.force_login(sender)
    assert "Send from this device" in client.get(page).content.decode()
    Camera.objects.create(name="Hall", slug="hall", source="0")
    assert client.get(reverse("send_to_camera", args=["hall"])).status_code == 404
