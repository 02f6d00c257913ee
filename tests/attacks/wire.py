"""Attacks on the real application under uvicorn: how bodies come is decided on the wire."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.models import User

from facesite.web.bodies import SMALL_BYTES
from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.records.watchlist import Watchlist
from tests.attacks.attackers import Attacker
from tests.attacks.table import wire_attack
from tests.serving import WAYS, asked

LARGE = b"x" * (3 * SMALL_BYTES)
REFUSING = ("/admin/people/person/add/", "/api/v1/people/", "/api/v1/recognition/recognize")


@wire_attack("bodies", "A refused request with a large body is told why, however the body comes.")
def large_refused_bodies(attacker: Attacker, served: tuple[str, int]) -> None:
    headers = {"Content-Type": "application/octet-stream"} | _session(attacker) | _token(attacker)
    ways = [way for way in WAYS if way != "never" or not attacker.user]  # whoever is logged in may be slow: it waits
    doors = [(path, way) for path in REFUSING for way in ways]

    def status(door: tuple[str, str]) -> int:
        path, way = door
        return asked(served, "POST", path, LARGE, headers, way)[0]

    with ThreadPoolExecutor(len(ways)) as pool:  # for a slow body takes half a second
        answers = dict(zip(doors, pool.map(status, doors), strict=True))
    assert not {door: told for door, told in answers.items() if not 400 <= told < 500}, attacker.name


@wire_attack("bodies", "A body in chunks is taken like any other.")
def chunked_bodies(attacker: Attacker, served: tuple[str, int]) -> None:
    answers = {}
    for way in ("at once", "chunked"):
        body = json.dumps({"name": f"{attacker.name} {way}"}).encode()
        headers = {"Content-Type": "application/json"} | _token(attacker)
        answers[way], _ = asked(served, "POST", "/api/v1/watchlists/", body, headers, way)
    assert answers["at once"] == answers["chunked"], (attacker.name, answers)
    made = answers["chunked"] == 201
    assert Watchlist.objects.filter(name__endswith="chunked", name__startswith=attacker.name).exists() == made


@wire_attack("bodies", "What comes in chunks is held to the same limit.")
def large_chunked_bodies(attacker: Attacker, served: tuple[str, int]) -> None:
    headers = {"Content-Type": "application/json"} | _key(attacker.user)
    status, _ = asked(served, "POST", "/api/v1/watchlists/", b"[" + b"1," * 8_000_000 + b"1]", headers, "chunked")
    assert 400 <= status < 500, (attacker.name, status)


def _session(attacker: Attacker) -> dict[str, str]:
    cookies = attacker.pages.cookies.items()
    return {"Cookie": "; ".join(f"{name}={cookie.value}" for name, cookie in cookies)} if cookies else {}


def _token(attacker: Attacker) -> dict[str, str]:
    return {name.removeprefix("HTTP_").replace("_", "-"): value for name, value in attacker.headers.items()}


def _key(user: User | None) -> dict[str, str]:
    return {"X-API-Key": make_key(name="attack", scopes=list(Scope), by=user)[1]} if user else {}
