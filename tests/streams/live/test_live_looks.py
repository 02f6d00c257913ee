"""Who watches which camera live is written down, from when to when."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError

from people.audit.keeping import KeptEntries
from people.audit.words import Action
from streams.live import live_looks
from streams.live.live_looks import SEEN, LiveLooks, address_of


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> KeptEntries:
    fresh = KeptEntries()
    monkeypatch.setattr(live_looks, "KEPT", fresh)
    return fresh


def said(kept: KeptEntries) -> list[tuple[str, Action, tuple[str, ...]]]:
    return [(entry.actor.who, entry.action, entry.about) for entry in kept._waiting]


async def test_begin_and_end_of_each_camera_are_entries(kept: KeptEntries) -> None:
    looks = LiveLooks(User(pk=7, username="ann"), "192.0.2.7")
    for cameras in ([1, 2], [1, 2], [2, 3]):
        await looks.change_to(cameras)
    looks.end()
    looks.end()
    assert said(kept) == [
        ("ann", Action.WATCHED, ("camera:1", "camera:2")),
        ("ann", Action.WATCHED, ("camera:3",)),
        ("ann", Action.STOPPED_WATCHING, ("camera:1",)),
        ("ann", Action.STOPPED_WATCHING, ("camera:2", "camera:3")),
    ]


@pytest.mark.django_db(transaction=True)
async def test_a_strict_site_shows_nothing_that_it_cannot_write_down(
    kept: KeptEntries, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(entries: object) -> None:
        raise DatabaseError("away")

    settings.AUDIT_STRICT = True
    monkeypatch.setattr(live_looks, "store", away)
    looks = LiveLooks(User(pk=7, username="ann"), "192.0.2.7")
    with pytest.raises(DatabaseError):
        await looks.change_to([1])
    looks.end()
    assert said(kept) == []


def test_a_socket_without_a_client_has_no_address() -> None:
    assert (address_of({}), address_of({"client": ("192.0.2.7", 80)})) == ("", "192.0.2.7")


async def test_pictures_and_whom_cameras_see_are_entries_of_their_own(kept: KeptEntries) -> None:
    looks = LiveLooks(User(pk=7, username="ann"), "192.0.2.7")
    await looks.change_to([1, 2], SEEN)
    await looks.change_to([1])
    looks.end()
    assert [(entry.action, entry.kind, entry.about) for entry in kept._waiting] == [
        (Action.WATCHED, "sighting", ("camera:1", "camera:2")),
        (Action.WATCHED, "camera", ("camera:1",)),
        (Action.STOPPED_WATCHING, "camera", ("camera:1",)),
        (Action.STOPPED_WATCHING, "sighting", ("camera:1", "camera:2")),
    ]
