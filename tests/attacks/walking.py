"""One walk through every address for all attacks by reading: what was answered is looked at once for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.attacks.addresses import addresses_of
from tests.attacks.attackers import Attacker
from tests.attacks.world import World


@dataclass(frozen=True)
class Answer:
    url: str
    of: str
    """Whose ids are in the address: of those "inside" the limits, or of those "outside"."""
    status: int
    location: str
    cache_control: str
    text: str


@dataclass(frozen=True)
class Walk:
    world: World
    """As it was then."""
    answers: tuple[Answer, ...]


_newest: dict[str, Walk] = {}
"""By the attacker's name. One alone is kept, of 10 MB: the attacks of one attacker are tried one after another."""


def walk(attacker: Attacker, world: World) -> Walk:
    """Asks for every address by every door: 920 requests, 8 s of the processor. Only reads, so it is done once."""
    if attacker.name not in _newest:
        _newest.clear()
        _newest[attacker.name] = Walk(world, tuple(_answers(attacker, world)))
    return _newest[attacker.name]


def _answers(attacker: Attacker, world: World) -> Iterator[Answer]:
    inside, outside = (addresses_of(world, of=of) for of in ("inside", "outside"))
    # An address without an id is the same for both, and asked once: of "inside", where more counts as hidden.
    for of, urls in (("inside", inside), ("outside", sorted(set(outside) - set(inside)))):
        for url in urls:
            for client in attacker.doors:
                answer = client.get(url)
                told = (answer.get(name, "") for name in ("Location", "Cache-Control"))
                yield Answer(url, of, answer.status_code, *told, b"".join(answer).decode(errors="replace"))
