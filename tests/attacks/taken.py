"""Attacks after the right is gone: links that somebody kept, and sockets that somebody left open."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.contrib.sessions.models import Session
from django.test import Client
from rest_framework.authtoken.models import Token
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from people.editing.services import add_photo
from tests.attacks.attackers import Attacker
from tests.attacks.table import attack, wire_attack
from tests.attacks.world import World
from tests.people.conftest import picture

WITHIN_S = 2.0


@attack("links", "A link to a picture ends with the token that made it.")
def kept_link(attacker: Attacker, world: World) -> None:
    photo = add_photo(person=world.inside, file=picture(), original_name="a.jpg", by=None)
    answer = attacker.api.get(f"/api/v1/photos/{photo.pk}/links/")
    if answer.status_code != 200:
        assert answer.status_code in (401, 403)
        assert attacker.name in ("nobody", "wrong key", "no role")
        return
    visitor, link = Client(), answer.json()["image"]
    assert visitor.get(link).status_code == 200
    Token.objects.filter(user=attacker.user).delete()
    assert visitor.get(link).status_code in (403, 404)


@wire_attack(
    "taken rights",
    "Whoever loses role or login is put out of the live page within two seconds.",
    watches_the_clock=True,
)
def socket_left_open(attacker: Attacker, served: tuple[str, int]) -> None:
    for take in (_take_the_role, _end_the_session):
        with _live(attacker, served) as socket:
            if _is_put_out(socket, within_s=0.0):
                assert attacker.name in ("nobody", "wrong key", "no role", "enroller", "limited enroller")
                return
            take(attacker)
            assert _is_put_out(socket, within_s=WITHIN_S), (attacker.name, take.__name__)
        with _live(attacker, served) as again:
            assert _is_put_out(again, within_s=0.0), (attacker.name, take.__name__)
        if take is _take_the_role and attacker.user:
            attacker.user.groups.set(attacker.roles)


@contextmanager
def _live(attacker: Attacker, served: tuple[str, int]) -> Iterator[ClientConnection | None]:
    """Opens the live page's socket and hears its greeting; yields None if the site does not let the attacker in."""
    address = "{}:{}".format(*served)
    cookie = attacker.pages.cookies.get("sessionid")
    headers = {"Cookie": f"sessionid={cookie.value}"} if cookie else {}
    with ExitStack() as stack:
        own = Origin(f"http://{address}")
        try:
            opening = connect(f"ws://{address}/ws/dashboard/", origin=own, additional_headers=headers)
            socket = stack.enter_context(opening)
            socket.recv(timeout=10)
        except (InvalidStatus, ConnectionClosed):
            yield None
        else:
            yield socket


def _is_put_out(socket: ClientConnection | None, *, within_s: float) -> bool:
    """Returns whether the site closes the socket in that time; what it says before is not listened to."""
    end = time.monotonic() + within_s
    try:
        while socket and (left := end - time.monotonic()) > 0:
            socket.recv(timeout=left)
    except ConnectionClosed:
        return True
    except TimeoutError:
        return False
    return socket is None


def _take_the_role(attacker: Attacker) -> None:
    assert attacker.user
    attacker.user.groups.clear()


def _end_the_session(attacker: Attacker) -> None:
    Session.objects.filter(pk=attacker.pages.cookies["sessionid"].value).delete()
