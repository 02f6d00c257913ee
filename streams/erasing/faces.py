"""Erases what cameras saw of a person: sightings with looks, pictures and encodings, and what hangs on them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from people.records.counter_example import CounterExample
from people.records.set_aside import SetAsideCounterExample
from streams.correcting.following import strangers_moved
from streams.erasing.traces import NAMELESS
from streams.erasing.work import ErasureWork, files_of
from streams.records.alert import Alert
from streams.records.detection import FOOTAGE, Detection
from streams.records.erased_sighting import ErasedSighting
from streams.records.identity_edit import EditedSighting
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import StoredVerdict
from streams.records.stranger import Stranger

# 500 sightings: half a second, and some thousand objects, which a bucket deletes within the claim.
BATCH = 500
MAY_GO_ON = timedelta(hours=1)
"""A sighting that its camera confirmed so lately may be going on: what the camera still says of it is not kept."""
AROUND_S = 15.0
"""Clips begin some seconds before a look and end some seconds after it."""
_FOOTAGE_WITH_THEM = """
SELECT DISTINCT look.id FROM streams_sighting theirs
JOIN streams_detection look ON look.captured_at
    BETWEEN theirs.first_seen_at - %s * interval '1 second' AND theirs.last_seen_at + %s * interval '1 second'
JOIN streams_sighting other ON other.id = look.sighting_id AND other.camera_id = theirs.camera_id
WHERE theirs.id = ANY(%s) AND NOT other.id = ANY(%s) AND (look.frame <> '' OR look.clip <> '')
"""
_FOOTAGE_OF_OTHERS = """
SELECT EXISTS (
    SELECT FROM streams_detection look
    JOIN streams_sighting other ON other.id = look.sighting_id
    JOIN streams_sighting theirs ON theirs.camera_id = other.camera_id AND look.captured_at
        BETWEEN theirs.first_seen_at - %s * interval '1 second' AND theirs.last_seen_at + %s * interval '1 second'
    WHERE look.sighting_id = ANY(%s::uuid[]) AND theirs.person_id = ANY(%s) AND (look.frame <> '' OR look.clip <> '')
)
"""


def erase_sightings(work: ErasureWork) -> None:
    """Erases every sighting that names the person, or showed them when they left the gallery."""
    while _erase_batch(work):
        work.go_on()
        work.delete_objects()


def erase_strangers(work: ErasureWork) -> None:
    """Erases the strangers who they turned out to be, with sightings that nobody has named since."""
    theirs = set(Stranger.objects.filter(person__in=work.ids).values_list("pk", flat=True))
    found = theirs
    while found := set(Stranger.objects.filter(into__in=found).values_list("pk", flat=True)) - theirs:
        theirs |= found
    unnamed = Sighting.objects.filter(Q(stranger__in=theirs) | Q(seen_as__in=theirs), person=None)
    while ids := _ids_of(unnamed):
        with transaction.atomic():
            erase_these(work, ids)
        work.go_on()
        work.delete_objects()
    with transaction.atomic():
        work.remember(Stranger, sorted(theirs))
        Stranger.objects.filter(pk__in=theirs).delete()


def any_footage_with(people: Collection[UUID], others: Collection[str]) -> bool:
    """Returns whether a frame or clip of these sightings of others was taken while one of `people` was there."""
    with connection.cursor() as cursor:
        cursor.execute(_FOOTAGE_OF_OTHERS, [AROUND_S, AROUND_S, list(others), list(people)])
        return bool(cursor.fetchone()[0])


def erase_these(work: ErasureWork, ids: Collection[UUID]) -> int:
    """Erases these sightings in the caller's transaction; returns how many there were."""
    rows = Sighting.objects.filter(pk__in=ids)
    held = list(rows.order_by("pk").select_for_update(of=("self",)))
    ids = [row.pk for row in held]
    _take_out_footage(work, ids)
    _erase_what_hangs_on(work, ids)
    _keep_out(work, held)
    strangers = {key for row in held for key in (row.stranger_id, row.seen_as_id) if key}
    edits = EditedSighting.objects.filter(sighting__in=ids)
    strangers |= set(edits.filter(stranger__isnull=False).values_list("stranger_id", flat=True))
    work.remember(EditedSighting, edits.values_list("pk", flat=True))
    edits.delete()
    if work.erasure.nameless:
        work.remember(NAMELESS, ids)
        _make_nameless(ids)
    else:
        work.remember(Sighting, ids)
        Sighting.objects.filter(pk__in=ids).delete()
    _bring_up(work, strangers)
    work.erasure.done += len(ids)  # written with the next sign of life
    return len(ids)


def _erase_batch(work: ErasureWork) -> int:
    with transaction.atomic():
        # One after the other: asked for both at once, Postgres reads every sighting of the site, for each batch anew.
        named = _ids_of(Sighting.objects.filter(person__in=work.ids))
        return erase_these(work, named or _ids_of(_that_showed_them(work)))


def _that_showed_them(work: ErasureWork) -> QuerySet[Any]:
    """Sightings that showed the person when they left the gallery, as far as something of them is left."""
    rows = Sighting.objects.filter(pk__in=ErasedSighting.objects.filter(erasure=work.erasure).values("pk"))
    if work.erasure.nameless:
        rows = rows.filter(Q(detections__isnull=False) | Q(encoding__isnull=False))
    return rows


def _ids_of(rows: QuerySet[Any]) -> list[UUID]:
    return list(rows.order_by().values_list("pk", flat=True).distinct()[:BATCH])


def _erase_what_hangs_on(work: ErasureWork, ids: Collection[UUID]) -> None:
    looks = Detection.objects.filter(sighting__in=ids)
    work.remember(Detection, looks.values_list("pk", flat=True), objects=looks.stored_names())
    looks.delete()
    encodings = SightingEncoding.objects.filter(sighting__in=ids)
    work.remember(SightingEncoding, encodings.values_list("pk", flat=True))
    encodings.delete()
    alerts = Alert.objects.filter(sighting__in=ids)
    work.remember(Alert, alerts.values_list("pk", flat=True))
    alerts.delete()
    # Their face, which somebody said is not somebody else's.
    for model in (CounterExample, SetAsideCounterExample):
        made: Any = model._default_manager.filter(sighting_id__in=ids)
        work.remember(model, made.values_list("pk", flat=True))
        made.delete()


def _take_out_footage(work: ErasureWork, ids: Collection[UUID]) -> None:
    """Deletes frames and clips of other sightings that were taken at the same camera while the person was there."""
    with connection.cursor() as cursor:
        cursor.execute(_FOOTAGE_WITH_THEM, [AROUND_S, AROUND_S, list(ids), list(ids)])
        looks = [row[0] for row in cursor.fetchall()]
    shown = Detection.objects.filter(pk__in=looks)
    work.remember_objects(files_of(shown, *FOOTAGE))
    shown.update(**dict.fromkeys(FOOTAGE, ""))


def _keep_out(work: ErasureWork, rows: Collection[Sighting]) -> None:
    """Keeps out what a camera may still say of sightings that are going on."""
    lately = timezone.now() - MAY_GO_ON
    going_on = [row.pk for row in rows if row.ended_at is None or row.last_seen_at > lately]
    keep_out(work, going_on)


def keep_out(work: ErasureWork, ids: Collection[UUID]) -> None:
    rows = [ErasedSighting(id=key, erasure=work.erasure) for key in ids]
    ErasedSighting.objects.bulk_create(rows, ignore_conflicts=True)


def _make_nameless(ids: Collection[UUID]) -> None:
    """Leaves when and where somebody was seen, and nothing of who."""
    Sighting.objects.filter(pk__in=ids).update(
        verdict=StoredVerdict.UNKNOWN, person=None, distance=None, margin=None, votes=0, encodings=0, stranger=None,
        seen_as=None, stranger_due=False, edit=None, machine_verdict=None, machine_person=None, look_closer=False,
        liveness=None, is_no_face=False, ended_at=Coalesce("ended_at", "last_seen_at"),
    )  # fmt: skip


def _bring_up(work: ErasureWork, strangers: Collection[UUID]) -> None:
    """Counts strangers who lost sightings again; those without any go, with their means."""
    strangers_moved(strangers)
    left = set(Sighting.objects.filter(stranger__in=strangers).values_list("stranger_id", flat=True))
    undone = EditedSighting.objects.filter(stranger__in=strangers).values_list("stranger_id", flat=True)
    gone = set(strangers) - left - set(undone)
    work.remember(Stranger, sorted(gone))
    Stranger.objects.filter(pk__in=gone).delete()
