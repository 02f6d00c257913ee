"""Attacks by reading: every address of the site, asked by everybody."""

from __future__ import annotations

from collections.abc import Iterator

from tests.attacks.addresses import addresses_of
from tests.attacks.attackers import Attacker
from tests.attacks.table import attack
from tests.attacks.world import World

OPEN = (
    "/livez",
    "/readyz",
    "/login/",
    "/account/inactive/",
    "/account/password/reset/",
    "/account/single-sign-on/",
    "/invited/",
)
"""What everybody may ask for; tests/facesite/login/test_open_pages.py holds the list in full."""


@attack("login", "Without a login nothing is answered but the login page and the probes.")
def every_address_without_login(attacker: Attacker, world: World) -> None:
    if attacker.user:
        return
    for url in (url for url in addresses_of(world) if not url.startswith(OPEN)):
        for client in (attacker.pages, attacker.api):
            answer = client.get(url)
            assert answer.status_code >= 300, url
            if answer.status_code < 400:
                assert answer["Location"].startswith(("/login/", "/admin/login/")), (url, answer["Location"])


@attack("answers", "No browser and no proxy keeps what the site answers.")
def kept_answers(attacker: Attacker, world: World) -> None:
    for url in addresses_of(world):
        for client in (attacker.pages, attacker.api):
            told = client.get(url).get("Cache-Control", "")
            assert "no-store" in told or told == "private, no-cache", (url, told)


@attack("limits", "No page, list, file or refusal names somebody outside of one's limits.")
def names_outside_the_limits(attacker: Attacker, world: World) -> None:
    if not attacker.limited:
        return
    ids = {str(world.outside.pk), world.vault.slug}
    for of, hidden in (("inside", ids | world.hidden), ("outside", world.hidden)):  # what was asked for may come back
        for url, text in _read(attacker, addresses_of(world, of=of)):
            told = [name for name in hidden if name in text]
            assert not told, (url, told)


@attack("rights", "No address fails, whoever asks for it, whatever it names.")
def every_address(attacker: Attacker, world: World) -> None:
    asked = addresses_of(world, of="inside") + addresses_of(world, of="outside")
    assert sum(1 for _ in _read(attacker, asked)) > 300


def _read(attacker: Attacker, asked: list[str]) -> Iterator[tuple[str, str]]:
    """Yields every address with the text of its answer, after it has looked that the site did not fail."""
    for url in asked:
        for client in (attacker.pages, attacker.api):
            answer = client.get(url)
            assert answer.status_code < 500 or answer.status_code == 503, (url, answer.status_code)
            yield url, b"".join(answer).decode(errors="replace")
