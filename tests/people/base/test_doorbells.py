"""Doorbells ring after the commit, and never fail a write."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.db import transaction

from people.base import doorbells
from people.editing import services
from people.records.person import Person

pytestmark = pytest.mark.django_db(transaction=True)


async def heard(name: str) -> list[str]:
    layer = get_channel_layer()
    assert layer is not None
    types = []
    while True:
        try:
            types.append((await asyncio.wait_for(layer.receive(name), 0.1))["type"])
        except TimeoutError:
            return types


async def listen(name: str) -> None:
    layer = get_channel_layer()
    assert layer is not None
    await layer.group_add(doorbells.GROUP, name)


async def test_workers_hear_of_a_change_after_its_commit(ada: Person) -> None:
    await listen("after")
    await sync_to_async(services.retire_person)(person=ada, by=None)
    assert await heard("after") == ["gallery.changed"]


async def test_workers_do_not_hear_of_what_was_rolled_back(ada: Person) -> None:
    await listen("rolled-back")

    def retire_and_fail() -> None:
        with transaction.atomic():
            services.retire_person(person=ada, by=None)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await sync_to_async(retire_and_fail)()
    assert await heard("rolled-back") == []


@pytest.mark.parametrize("kind", ["raises", "hangs"])
def test_a_layer_that_fails_does_not_fail_the_write(
    ada: Person, kind: str, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    class Broken:
        async def group_send(self, group: str, message: Any) -> None:
            if kind == "raises":
                raise ConnectionError("no redis")
            await asyncio.sleep(30)

    monkeypatch.setattr(doorbells, "get_channel_layer", Broken)
    monkeypatch.setattr(doorbells, "TIMEOUT_S", 0.1)
    began = time.monotonic()
    services.retire_person(person=ada, by=None)
    assert time.monotonic() - began < 5
    ada.refresh_from_db()
    assert ada.is_retired
    assert "was not heard" in caplog.text
