"""Keeps the counter-examples of people: adds, removes, counts. Cameras and web decide by them from the next look on."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from people.base.doorbells import ring_gallery
from people.base.history import Actor, log_changed
from people.errors import WrongState
from people.recognition.types import Vector
from people.records.counter_example import CounterExample
from people.records.holding import hold
from people.records.person import Person
from people.records.set_aside import SetAsideCounterExample

logger = logging.getLogger(__name__)


@transaction.atomic
def add(*, person: Person, engine: str, vector: Vector, sighting_id: UUID, who: str) -> CounterExample:
    """Records that a sighting with this encoding does not show `person`.

    Said again of the same sighting it stays one row, with the newest encoding. Call it before sightings are locked in
    the same transaction: it locks the person and the gallery's version. Raises WrongState if the person is gone.
    """
    if not hold([person.pk]):
        raise WrongState("This person does not exist any more.")
    row, is_new = CounterExample.objects.get_or_create(
        person_id=person.pk,
        sighting_id=sighting_id,
        defaults={"engine": engine, "vector": vector, "who": who[:400]},
    )
    if not is_new and row.engine != engine:
        row.engine, row.vector, row.who = engine, vector, who[:400]
        row.save(update_fields=["engine", "vector", "who"])
    ring_gallery()
    logger.info("sighting %s is not person %s", sighting_id, person.pk)
    return row


@transaction.atomic
def remove(*, sightings: Iterable[UUID], person: Person | None = None) -> int:
    """Removes the counter-examples that were made of `sightings`, of everybody or of `person`; returns how many.

    Those go, too, that a merge has set aside, which are not counted.

    `sightings` may be a queryset of ids: Postgres then looks them up itself.
    """
    aside = SetAsideCounterExample.objects.filter(sighting_id__in=sightings)
    (aside.filter(merge__into=person) if person else aside).delete()
    rows = CounterExample.objects.filter(sighting_id__in=sightings)
    removed, _ = (rows.filter(person_id=person.pk) if person else rows).delete()
    if removed:
        ring_gallery()
    return removed


@transaction.atomic
def remove_one(*, counter_example: CounterExample, by: Actor) -> None:
    """Removes a counter-example because somebody says so on the person's page. A repeated call changes nothing."""
    person = hold([counter_example.person_id]).get(counter_example.person_id)
    removed, _ = CounterExample.objects.filter(pk=counter_example.pk).delete()
    if removed and person:
        log_changed(person, "Removed a counter-example: a face that was said not to be this person.", by=by)
        ring_gallery()


def count_decision(counter_example: int) -> None:
    """Counts that a sighting would have named or suggested the person without it. It may be gone by now."""
    CounterExample.objects.filter(pk=counter_example).decided_now()


def counter_examples_of_others(engine: str) -> int:
    """Returns how many were made with another engine than this one, which cannot compare with them."""
    return CounterExample.objects.exclude(engine=engine).count()
