"""A person's counter-examples as cards: whom each protects, what it decided and cost, and a button that removes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from people.gallery.counter_example_costs import CounterExampleCosts, costs_of
from people.gallery.engines import active_engine
from people.recognition.engine.kinds import offered
from people.recognition.types import Verdict
from people.records.counter_example import CounterExample
from people.records.person import Person
from people.records.sightings import all_sightings

MOST_CARDS = 60


@dataclass(frozen=True, slots=True)
class CounterExampleCard:
    """One counter-example for the template."""

    row: CounterExample
    sighting: Any | None
    """The sighting that it was made of, if it exists for the reader."""
    engine_in_use: str
    costs: CounterExampleCosts

    @property
    def protected(self) -> Person | None:
        """Returns whose face it is, if that is known and the reader may know."""
        known = self._named
        return known if known and known.pk != self.row.person_id else None

    @property
    def is_contradicted(self) -> bool:
        """Returns whether its sighting is named after the very person whom it refuses."""
        return self._named is not None and self._named.pk == self.row.person_id

    @property
    def _named(self) -> Person | None:
        return self.sighting.person if self.sighting and self.sighting.verdict == Verdict.MATCH else None

    @property
    def decides(self) -> bool:
        return self.row.engine == self.engine_in_use

    @property
    def other_engine(self) -> str:
        """Returns the name of the engine that made it, if that is not the one in use."""
        if self.decides:
            return ""
        kind = offered(self.row.engine)
        return kind.name if kind else self.row.engine

    @property
    def refused(self) -> int:
        """Returns how many confirmed sightings of the person it would refuse."""
        return self.costs.refused.get(self.row.pk, 0)


@dataclass(frozen=True, slots=True)
class CounterExampleCards:
    """What a person's page shows of them."""

    cards: list[CounterExampleCard]
    """The newest ones."""
    total: int
    confirmed: int
    """Sightings that were confirmed to be the person: those that the costs are counted among."""


def counter_example_cards(person: Person, user: Any) -> CounterExampleCards:
    """Returns the person's cards, newest first, with the sightings that `user` may see. Takes ten queries at most."""
    rows = list(CounterExample.objects.filter(person=person).defer("vector")[: MOST_CARDS + 1])
    if not rows:
        return CounterExampleCards([], 0, 0)
    total = len(rows) if len(rows) <= MOST_CARDS else CounterExample.objects.filter(person=person).count()
    engine, seen = active_engine(), _sightings(rows, user)
    costs = costs_of(person, engine)
    cards = [CounterExampleCard(row, seen.get(row.sighting_id), engine, costs) for row in rows[:MOST_CARDS]]
    return CounterExampleCards(cards, total, costs.confirmed)


def _sightings(rows: list[CounterExample], user: Any) -> dict[Any, Any]:
    sightings = all_sightings()
    if sightings is None:
        return {}
    shown = sightings.visible_to(user).with_snapshot(user).filter(pk__in=[row.sighting_id for row in rows])
    return {sighting.pk: sighting for sighting in shown}
