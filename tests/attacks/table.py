"""The table itself: every attack with its number in the issue that it came from, and the sentence that must hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tests.attacks.attackers import Attacker
from tests.attacks.world import World

Attempt = Callable[[Attacker, World], None]
WireAttempt = Callable[[Attacker, tuple[str, int]], None]
"""Gets host and port of the real application in place of the world."""


Way = TypeVar("Way", Attempt, WireAttempt)


@dataclass(frozen=True)
class Attack(Generic[Way]):
    wall: str
    """A word for what withstands it: bodies, names, logs …"""
    holds: str
    """The sentence that is true while nobody gets through."""
    attempt: Way
    watches_the_clock: bool = False
    """Then it runs by itself, as an integration test."""

    @property
    def name(self) -> str:
        return self.attempt.__name__


ATTACKS: list[Attack[Attempt]] = []
WIRE_ATTACKS: list[Attack[WireAttempt]] = []


def attack(wall: str, holds: str) -> Callable[[Attempt], Attempt]:
    """Adds an attempt to the table; it asserts what `holds` says."""

    def add(attempt: Attempt) -> Attempt:
        ATTACKS.append(Attack(wall, holds, attempt))
        return attempt

    return add


def wire_attack(wall: str, holds: str, *, watches_the_clock: bool = False) -> Callable[[WireAttempt], WireAttempt]:
    """The same for an attempt that needs the real application under uvicorn."""

    def add(attempt: WireAttempt) -> WireAttempt:
        WIRE_ATTACKS.append(Attack(wall, holds, attempt, watches_the_clock))
        return attempt

    return add
