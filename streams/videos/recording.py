"""Writes what was seen in a video: a sighting once it has ended, with its pictures, in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from people.recognition.types import Verdict
from people.records.person import Person
from people.records.stored_objects import remove, removed_on_failure
from streams.errors import CannotBeDone
from streams.jobs.claims import JobClaim
from streams.pipeline.child.video import VideoEnded, VideoProgress
from streams.pipeline.messages import MeanEncoding, NewDetection, SightingChange
from streams.pipeline.replay.replaying import seconds_in
from streams.records.states import StoredVerdict
from streams.videos.services import pictures_of
from streams.videos.unknown_faces import join_unknown
from streams.videos.video import VideoLook, VideoSighting, face_name
from streams.wire.values import finite

MOST_SIGHTINGS = 20_000
"""A crowd of six hours; more is no video of people, but something that makes faces appear."""
TOO_MANY = f"More than {MOST_SIGHTINGS:,} faces were seen in it: cut it into parts."


class VideoRecorder:
    """Records one claimed video. Every write holds the claim, so a late worker writes nothing."""

    def __init__(self, claim: JobClaim) -> None:
        self._claim, self._video = claim, claim.row
        self._open: dict[UUID, list[NewDetection]] = {}
        self._last: dict[UUID, SightingChange] = {}
        self._unknown: dict[UUID, MeanEncoding] = {}
        self._number = 0

    def begin(self, *, remark: str) -> None:
        """Drops what an earlier worker has found."""
        self.drop()
        self._claim.hold(done_s=0, remark=remark)

    def drop(self) -> None:
        names = pictures_of([self._video.pk])
        VideoSighting.objects.filter(video=self._video).delete()
        remove(names)

    def compared_with(self, version: int) -> None:
        self._claim.hold(gallery_version=version)

    def progress(self, said: VideoProgress) -> None:
        self._claim.hold(done_s=said.at_s, length_s=said.length_s)

    def change(self, change: SightingChange) -> None:
        """Keeps the newest state of a sighting, and writes it once it has ended. Raises CannotBeDone, ClaimLost."""
        self._last[change.id] = change
        self._open.setdefault(change.id, []).extend(change.detections)
        if change.encoding:
            self._unknown[change.id] = change.encoding
        if change.ended:
            self._write(self._last.pop(change.id), self._open.pop(change.id))

    def finish(self, ended: VideoEnded, *, remark: str) -> None:
        """Writes what was still open, joins the unknown faces, and ends the job."""
        for pk in list(self._last):
            self._write(self._last.pop(pk), self._open.pop(pk))
        join_unknown(self._video, self._unknown)
        self._claim.end(done_s=ended.at_s, length_s=max(ended.length_s or 0.0, ended.at_s), remark=remark[:300])

    def _write(self, change: SightingChange, detections: list[NewDetection]) -> None:
        self._number += 1
        if self._number > MOST_SIGHTINGS:
            raise CannotBeDone(TOO_MANY)
        people = Person.objects.known_as([key for key in (change.person,) if key])
        row = _row(self._video, change, people.get(change.person or ""))
        if row.verdict != StoredVerdict.UNKNOWN:
            self._unknown.pop(change.id, None)
        names = {item.id: _stored(item) for item in detections if item.snapshot}
        with removed_on_failure(*names.values()), transaction.atomic():
            self._claim.hold()
            row.save(force_insert=True)
            VideoLook.objects.bulk_create(_look(row, item, names.get(item.id, "")) for item in detections)


def _stored(item: NewDetection) -> str:
    name: str = default_storage.save(face_name(item, ""), ContentFile(item.snapshot))
    return name


def _row(video: Any, change: SightingChange, person: Person | None) -> VideoSighting:
    named = person is not None and change.verdict is not Verdict.UNKNOWN
    first = seconds_in(change.first_seen_at)
    return VideoSighting(
        id=change.id,
        video=video,
        first_s=first,
        last_s=max(first, seconds_in(change.last_seen_at)),
        verdict=change.verdict.value if named else Verdict.UNKNOWN.value,
        person=person if named else None,
        distance=finite(change.distance),
        margin=finite(change.margin),
        match_threshold=change.thresholds.match,
        review_threshold=change.thresholds.review,
        votes=change.votes,
        encodings=change.encodings,
    )


def _look(row: VideoSighting, item: NewDetection, picture: str) -> VideoLook:
    at: datetime = item.captured_at
    quality = min(1.0, max(0.0, float(item.quality)))
    return VideoLook(
        id=item.id, sighting=row, at_s=seconds_in(at), quality=quality, verdict=item.verdict.value, picture=picture
    )
