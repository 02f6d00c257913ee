"""Makes counter-examples of sightings that were named wrongly, and takes them back: so that it does not come again."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import numpy as np

from people.gallery import counter_examples
from people.records.person import Person
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding


def reject(people: Iterable[Person], sighting: Sighting, who: str) -> list[str]:
    """Makes the sighting's encoding a counter-example of `people`; returns their ids, none if no encoding is kept.

    Call it before the sighting is locked: it locks the people.
    """
    encoding = SightingEncoding.objects.filter(sighting=sighting).first()
    if encoding is None:
        return []
    vector = np.asarray(encoding.vector, np.float32)
    rejected = sorted(people, key=lambda person: person.pk)
    for person in rejected:
        counter_examples.add(person=person, engine=encoding.engine, vector=vector, sighting_id=sighting.pk, who=who)
    return [str(person.pk) for person in rejected]


def accept(people: Iterable[Person], sighting: UUID) -> list[str]:
    """Removes the sighting's counter-examples of `people`; returns the ids of those who had one."""
    return [str(person.pk) for person in people if counter_examples.remove(sightings=[sighting], person=person)]
