"""Attacks by reading: every address of the site, asked by everybody."""

from __future__ import annotations

from tests.attacks.attackers import Attacker
from tests.attacks.table import attack
from tests.attacks.walking import walk
from tests.attacks.world import World

OPEN = (
    "/livez",
    "/readyz",
    "/login/",
    "/account/inactive/",
    "/account/password/reset/",
    "/account/single-sign-on/",
    "/invited/",
    "/cases/keys/",
    "/privacy/",
    "/api/v1/keeping/public/",
)
"""What everybody may ask for; tests/facesite/login/test_open_pages.py holds the list in full."""


@attack(
    "login",
    "Without a login nothing is answered but the login page, the probes, the public keys of cases and what is kept.",
)
def every_address_without_login(attacker: Attacker, world: World) -> None:
    if attacker.user:
        return
    for answer in walk(attacker, world).answers:
        if not answer.url.startswith(OPEN):
            assert answer.status >= 300, answer.url
            if answer.status < 400:
                assert answer.location.startswith(("/login/", "/admin/login/")), (answer.url, answer.location)


@attack("answers", "No browser and no proxy keeps what the site answers.")
def kept_answers(attacker: Attacker, world: World) -> None:
    for answer in walk(attacker, world).answers:
        if answer.url == "/privacy/":
            continue  # the same for everybody: a proxy may keep it for five minutes
        told = answer.cache_control
        assert "no-store" in told or told == "private, no-cache", (answer.url, told)


@attack("limits", "No page, list, file or refusal names somebody outside of one's limits.")
def names_outside_the_limits(attacker: Attacker, world: World) -> None:
    if not attacker.limited:
        return
    walked = walk(attacker, world)
    names = walked.world.hidden
    ids = {str(walked.world.outside.pk), walked.world.vault.slug}
    for answer in walked.answers:
        hidden = names | ids if answer.of == "inside" else names  # what was asked for may come back
        told = [name for name in hidden if name in answer.text]
        assert not told, (answer.url, told)


@attack("rights", "No address fails, whoever asks for it, whatever it names.")
def every_address(attacker: Attacker, world: World) -> None:
    answers = walk(attacker, world).answers
    assert len(answers) > 300
    for answer in answers:
        assert answer.status < 500 or answer.status == 503, (answer.url, answer.status)
