"""What counter-examples cost: how many sightings, confirmed to be the person, each would refuse."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from people.gallery.judged_looks import confirmed_looks
from people.gallery.stored import entries_of
from people.recognition.engine.kinds import distances_of
from people.records.person import Person


@dataclass(frozen=True, slots=True)
class CounterExampleCosts:
    """Of one person's counter-examples by one engine."""

    confirmed: int
    """Sightings that somebody said are the person, and whose encodings are kept."""
    refused: dict[int, int]
    """How many of them each would refuse now, by its id; those that refuse none are left out."""


def costs_of(person: Person, engine: str) -> CounterExampleCosts:
    """Judges the person's confirmed sightings by the gallery as it stands; of several the nearest one refuses.

    It is counted when somebody looks, not when a sighting is confirmed: undoing that needs no second count, and photos
    that were added since are considered.
    """
    looks = confirmed_looks(engine, of=[person.pk])
    entry = entries_of(engine, [person.pk]).get(str(person.pk))
    if entry is None or entry.counter_examples is None:
        return CounterExampleCosts(len(looks), {})
    slack = distances_of(engine).counter_slack
    refusing = (entry.counter_examples.refusing(entry.template, look, slack) for look in looks.vectors)
    return CounterExampleCosts(len(looks), dict(Counter(each for each in refusing if each is not None)))
