"""Every attack of the table, tried as every attacker; and the page that lists them lists them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from tests.attacks import auditing, boundary, granting, handing, looking, reading, saying, taken, wire  # noqa: F401 - they add their attacks to the table
from tests.attacks.attackers import NAMES, attacker_called
from tests.attacks.table import ATTACKS, WIRE_ATTACKS, Attack, WireAttempt
from tests.attacks.world import World, make_world
from tests.serving import serving

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "security.md"
ALONE = [pytest.mark.integration, pytest.mark.alone]


@pytest.mark.django_db
@pytest.mark.timeout(600)  # 12 s of the processor, 8 of them a walk through all addresses
@pytest.mark.parametrize("name", NAMES)
def test_nobody_gets_through(name: str, world: World) -> None:
    """Each attack finds the world as it was."""
    for attack in ATTACKS:
        with transaction.atomic():
            attack.attempt(attacker_called(name, world.people, world.cameras), world)
            transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "attack",
    [pytest.param(each, id=each.name, marks=ALONE if each.watches_the_clock else []) for each in WIRE_ATTACKS],
)
def test_nobody_gets_through_on_the_wire(attack: Attack[WireAttempt]) -> None:
    world = make_world()
    with serving() as served:
        for name in NAMES:
            attack.attempt(attacker_called(name, world.people, world.cameras), served)


def test_the_page_lists_every_attack_and_every_attacker() -> None:
    page = PAGE.read_text()
    attacks: list[Attack[Any]] = [*ATTACKS, *WIRE_ATTACKS]
    assert [attack.name for attack in attacks if f"| {attack.wall} | {attack.holds} |" not in page] == []
    table, _, rest = page.partition("## In depth")
    rows = [line for line in table.splitlines() if line.startswith("| ")]
    assert len(rows) == len(attacks) + 1, "one row for each attack, and the heading"
    named = re.findall(r"tests/[\w/]+\.py", rest)
    assert len(named) > 10
    assert [name for name in named if not (PAGE.parent.parent / name).is_file()] == []
    assert [name for name in NAMES if name.removeprefix("limited ") not in page] == []
