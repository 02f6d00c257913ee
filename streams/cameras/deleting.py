"""Deletes cameras, alone or with everything that they saw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.db.models import QuerySet
from django.template.defaultfilters import pluralize

from people.base.history import Actor, log_deleted
from people.records.groups import person_limits
from people.records.stored_objects import remove
from streams.cameras.services import camera_changed
from streams.errors import HasSightings
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.identity_edit import EditedSighting
from streams.records.last_seen import note_last_seen
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding

COMMAND = "switch it off, and run `manage.py delete_camera {slug} --with-sightings`."
RIGHT = "streams.delete_camera_with_sightings"
# 5,000: one statement of 0.2 s, far below STATEMENT_SECONDS.
BATCH = 5_000
# 50,000: with 100,000 it took 44 s on two busy cores; nobody waits longer for a page.
MOST_IN_A_REQUEST = 50_000
# 500: some seconds in a distant bucket; `sweep_orphans` deletes the rest within a day.
REMOVED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """How much a camera has seen."""

    sightings: int
    pictures: int

    @classmethod
    def by(cls, camera: Camera) -> Seen:
        pictures = Detection.objects.filter(sighting__camera=camera).exclude(snapshot="")
        return cls(Sighting.objects.for_camera(camera.pk).count(), pictures.count())

    def __str__(self) -> str:
        counted = ((self.sightings, "sighting"), (self.pictures, "picture"))
        return " with ".join(f"{intcomma(number)} {word}{pluralize(number)}" for number, word in counted)


def delete_camera(
    *, camera: Camera, by: Actor, with_sightings: bool = False, at_most: int | None = MOST_IN_A_REQUEST
) -> None:
    """Deletes a camera, and its sightings if that is asked for. Raises HasSightings if it has some and must not.

    Somebody who may not see all people may not delete sightings of those whom they do not see. A camera with more than
    `at_most` sightings is left to `manage.py delete_camera`, which passes None.
    """
    with transaction.atomic():
        Camera.objects.select_for_update().get(pk=camera.pk)  # from here on its worker waits with what it saw
        seen = Seen.by(camera)
        if seen.sightings and person_limits(by):
            raise HasSightings("It has sightings: switch it off instead.")
        if seen.sightings and not with_sightings:
            raise HasSightings(f"It has {seen}. Delete them with it, or switch it off instead.")
        if at_most is not None and seen.sightings > at_most:
            raise HasSightings(f"It has {seen}, which takes minutes: {COMMAND.format(slug=camera.slug)}")
        log_deleted([camera], f"Deleted, with {seen}." if seen.sightings else "", by=by)
        names = [name for batch in _batches(camera) for name in _delete(batch)]
        transaction.on_commit(partial(remove, names[:REMOVED_AT_ONCE]), robust=True)
        camera.delete()
        camera_changed()


def _batches(camera: Camera) -> Iterator[QuerySet[Sighting]]:
    rows = Sighting.objects.for_camera(camera.pk).order_by()
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        note_last_seen(ids)
        yield Sighting.objects.filter(pk__in=ids)


def _delete(sightings: QuerySet[Sighting]) -> Sequence[str]:
    """Deletes these sightings by one statement for each table; returns the names of their pictures."""
    detections = Detection.objects.filter(sighting__in=sightings)
    names = list(detections.stored_names())
    Alert.objects.filter(sighting__in=sightings).update(sighting=None)
    kept_beside = (model.objects.filter(sighting__in=sightings) for model in (SightingEncoding, EditedSighting))
    for rows in (detections, *kept_beside, sightings):
        rows._raw_delete(rows.db)
    return names
