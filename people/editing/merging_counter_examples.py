"""What becomes of the counter-examples of two people who turn out to be one."""

from __future__ import annotations

from people.recognition.types import Verdict
from people.records.counter_example import CounterExample
from people.records.person import Person
from people.records.sightings import all_sightings


def between(kept: Person, merged: Person) -> list[int]:
    """Returns the ids of those by which one of the two was told from the other: they were made of its sightings.

    With them the one person would be refused for their own face. Ask before the sightings are moved, and delete them
    once photos are locked: deleting them locks the gallery's version.
    """
    sightings = all_sightings()
    if sightings is None:
        return []
    found: list[int] = []
    for person, other in ((kept, merged), (merged, kept)):
        made_of = dict(CounterExample.objects.filter(person=person).values_list("sighting_id", "pk"))
        shown = sightings.filter(pk__in=list(made_of), person=other, verdict=Verdict.MATCH)
        found += [made_of[sighting] for sighting in shown.values_list("pk", flat=True)]
    return found


def drop_twins(kept: Person, merged: Person) -> None:
    """Deletes those of `merged` whose sighting was said not to be `kept` either: one of the two is enough."""
    twins = CounterExample.objects.filter(person=kept).values("sighting_id")
    CounterExample.objects.filter(person=merged, sighting_id__in=twins).delete()
