"""What becomes of the counter-examples of two people who turn out to be one."""

from __future__ import annotations

from people.recognition.types import Verdict
from people.records.counter_example import CounterExample, CounterExampleQuerySet
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.set_aside import SetAsideCounterExample
from people.records.sightings import all_sightings

KEPT = ("engine", "vector", "sighting_id", "at", "who", "decided", "decided_at")
"""Columns that a counter-example has again after an undo."""


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


def drop_twins(merge: PersonMerge, kept: Person, merged: Person) -> None:
    """Sets those of `merged` aside whose sighting was said not to be `kept` either: one of the two is enough."""
    twins = CounterExample.objects.filter(person=kept).values("sighting_id")
    doomed = CounterExample.objects.filter(person=merged, sighting_id__in=twins)
    set_aside(merge, doomed)
    doomed.delete()


def set_aside(merge: PersonMerge, rows: CounterExampleQuerySet) -> None:
    """Keeps copies of `rows`, which are about to be deleted or to change their person, for the merge's undo."""
    SetAsideCounterExample.objects.bulk_create(
        [
            SetAsideCounterExample(
                merge=merge, is_merged=row.person_id == merge.old_id, **{name: getattr(row, name) for name in KEPT}
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )


def bring_back(merge: PersonMerge, kept: Person, person: Person) -> None:
    """Makes those that `merge` had set aside decide again, of the kept person and of the one who comes back."""
    rows = merge.set_aside.all()
    CounterExample.objects.bulk_create(
        [
            CounterExample(person=person if row.is_merged else kept, **{name: getattr(row, name) for name in KEPT})
            for row in rows
        ],
        ignore_conflicts=True,  # somebody has said it again since
    )
    rows.delete()
