"""Writes one change of a sighting: the sighting's row and its new detections, in one short transaction.

The ids come from the camera child, so recording is idempotent: a caller that is not sure records again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from people.recognition.types import Verdict
from people.records.person import Person
from people.records.stored_objects import remove
from streams.alerting.matching import WatchedRule
from streams.alerting.raising import Raised, raise_alerts
from streams.alerting.rule_book import lists_of
from streams.errors import CameraIsGone
from streams.pipeline.messages import NewDetection, SightingChange
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.erased_sighting import ErasedSighting
from streams.records.left_gallery import unname_who_left
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import keep_encoding
from streams.records.states import StoredVerdict, StrangersKept
from streams.records.stranger_due import WANTS_STRANGER
from streams.running.strangers import forget_pictures, is_discarded
from streams.wire.shapes import ChangeName
from streams.wire.values import finite


@dataclass(frozen=True, slots=True)
class Recorded:
    """The result of recording a change: the row as live pages show it (camera and person selected)."""

    sighting: Sighting
    snapshot: UUID | None
    change: ChangeName
    raised: Raised = field(default_factory=Raised)
    """The alerts that it has raised, of which whoever watches is to be told (streams/alerting/telling.py)."""


@dataclass(frozen=True, slots=True)
class NotKept:
    """The change is of a stranger, of whom the camera keeps nothing, or of a sighting that was erased."""

    sighting: UUID
    was_kept: bool
    """Whether there was a row, which is deleted now: the sighting had a name before."""


def record_sighting(
    *,
    camera_id: int,
    change: SightingChange,
    snapshots: Mapping[UUID, str],
    rules: Sequence[WatchedRule] = (),
    lists: Callable[[str], frozenset[int]] = lists_of,
) -> Recorded | NotKept:
    """Writes `change` of a sighting by camera `camera_id`; `snapshots` maps detections to stored names.

    Those of `rules` that wait for it raise their alerts in the same transaction; `lists` gives a person's watchlists.

    Nothing is kept of a sighting that was erased. If the person was deleted meanwhile, the sighting becomes unknown.
    Of unknown faces it keeps what the camera's setting allows. Of a sighting that somebody edited, verdict and person
    stay as they are, and nothing is forgotten, so that the edit can be undone; a camera that discards strangers at once
    forgets all the same. Raises CameraIsGone if the camera no longer exists: such a sighting can never be written.
    """
    with transaction.atomic():
        # Locked before the tombstone is looked for: an erasure that holds the row puts it there as it commits.
        before = Sighting.objects.select_for_update().filter(pk=change.id).first()
        if ErasedSighting.objects.filter(pk=change.id).exists():
            transaction.on_commit(partial(remove, list(snapshots.values())), robust=True)
            return NotKept(change.id, was_kept=False)
        camera = Camera.objects.filter(pk=camera_id).first()
        if camera is None:
            raise CameraIsGone(f"camera {camera_id} was deleted; its sighting {change.id} is dropped")
        people = _people_of(change)
        sighting = _row(camera, change, before, people)
        if before is not None:
            _keep_edits(sighting, before)
        if is_discarded(camera, sighting, before):
            forget_pictures(sighting, snapshots.values())
            kept, _ = Sighting.objects.filter(pk=change.id).delete()
            return NotKept(change.id, kept > 0)
        sighting.save(force_insert=before is None, force_update=before is not None)
        is_stranger = sighting.verdict == StoredVerdict.UNKNOWN and sighting.edit_id is None
        if is_stranger and camera.strangers == StrangersKept.NUMBERS:
            forget_pictures(sighting, snapshots.values())
        else:
            _keep_pictures(sighting, change, people, snapshots)
        if sighting.verdict == StoredVerdict.UNKNOWN and sighting.ended_at:
            Sighting.objects.filter(WANTS_STRANGER, pk=change.id).update(stranger_due=True)
        raised = raise_alerts(sighting, rules, change.captured_at, lists)
    shown = Sighting.objects.with_snapshot().get(pk=change.id)
    unname_who_left([shown])
    return Recorded(shown, shown.snapshot_id, _name(before, sighting), raised)  # type: ignore[attr-defined]


def _keep_pictures(
    sighting: Sighting, change: SightingChange, people: Mapping[str, Person], snapshots: Mapping[UUID, str]
) -> None:
    Detection.objects.bulk_create(
        [_detection(sighting, item, people, snapshots) for item in change.detections], ignore_conflicts=True
    )
    if change.encoding:
        keep_encoding(sighting=sighting, encoding=change.encoding)


def _people_of(change: SightingChange) -> dict[str, Person]:
    """Returns the people named in `change` that still exist, by id; for a merged person, the one that was kept."""
    named = {item.person for item in change.detections} | {change.person}
    return Person.objects.known_as([person for person in named if person])


def _row(camera: Camera, change: SightingChange, before: Sighting | None, people: Mapping[str, Person]) -> Sighting:
    person = people.get(change.person or "") if change.verdict is not Verdict.UNKNOWN else None
    first = min(change.first_seen_at, before.first_seen_at) if before else change.first_seen_at
    last = max(first, change.last_seen_at, *([before.last_seen_at] if before else []))
    return Sighting(
        id=change.id,
        camera=camera,
        verdict=change.verdict.value if person else Verdict.UNKNOWN.value,
        person=person,
        first_seen_at=first,
        last_seen_at=last,
        ended_at=_end(change, before, last),
        distance=finite(change.distance),
        margin=finite(change.margin),
        match_threshold=change.thresholds.match,
        review_threshold=change.thresholds.review,
        votes=change.votes,
        encodings=change.encodings,
        gallery_version=change.gallery_version,
        look_closer=change.look_closer,
        liveness=finite(change.liveness),
    )


def _keep_edits(sighting: Sighting, before: Sighting) -> None:
    """Leaves to people what they have said; what the machine says now stands beside it."""
    sighting.stranger_id, sighting.stranger_due = before.stranger_id, before.stranger_due
    sighting.edit_id, sighting.is_no_face = before.edit_id, before.is_no_face
    if sighting.verdict == StoredVerdict.UNKNOWN:
        sighting.seen_as_id = before.seen_as_id
    if before.machine_verdict is not None:
        sighting.machine_verdict, sighting.machine_person_id = sighting.verdict, sighting.person_id
        sighting.verdict, sighting.person_id = before.verdict, before.person_id


def _end(change: SightingChange, before: Sighting | None, last: datetime) -> datetime | None:
    """Returns the end, or None. An ended sighting stays ended: another worker may have closed it after this change."""
    was_ended = before is not None and before.ended_at is not None
    return last if change.ended or was_ended else None


def _detection(
    sighting: Sighting, item: NewDetection, people: Mapping[str, Person], snapshots: Mapping[UUID, str]
) -> Detection:
    person = people.get(item.person or "")
    unnamed = person is None and item.verdict is not Verdict.UNKNOWN
    return Detection(
        id=item.id,
        sighting=sighting,
        captured_at=item.captured_at,
        box=[int(side) for side in item.box],
        frame_width_px=item.frame_width_px,
        frame_height_px=item.frame_height_px,
        score=float(item.score),
        quality=min(1.0, max(0.0, float(item.quality))),
        verdict=(Verdict.UNKNOWN if unnamed else item.verdict).value,
        person=person,
        distance=finite(item.distance),
        margin=finite(item.margin),
        gallery_version=item.gallery_version,
        snapshot=snapshots.get(item.id, ""),
    )


def _name(before: Sighting | None, after: Sighting) -> ChangeName:
    if before is None:
        return "started" if after.ended_at is None else "ended"
    return "updated" if after.ended_at is None else "ended"
