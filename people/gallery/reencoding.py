"""Encodes all enrolled and held photos with another engine, beside the encodings in use.

It works in batches, in any number of processes, and goes on where the last one stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from people.errors import ReaderDied
from people.recognition.reading.face_encoding import FaceEncoding
from people.recognition.types import Box
from people.records.encoding import Encoding
from people.records.photo import Photo

logger = logging.getLogger(__name__)

# 8 photos take about 2 s: their rows are locked for that long, and a crash repeats that much.
BATCH = 8


class FaceReader(Protocol):
    """Encodes faces: a PhotoReader, or a fake in tests."""

    engine: str

    def start(self) -> None: ...
    def encode(self, data: bytes, *, box: Box, max_bytes: int) -> FaceEncoding: ...


@dataclass(frozen=True, slots=True)
class Reencoded:
    """What became of one photo; `problem` is empty or a code of people/records/reasons.py."""

    photo: UUID
    problem: str = ""


@transaction.atomic
def reencode_batch(reader: FaceReader, *, leave_out: Iterable[UUID] = ()) -> list[Reencoded]:
    """Encodes the next few photos that the reader's engine has not encoded; returns an empty list if none is left.

    The rows' locks are the claim: another process takes other photos, and a killed one gives its own back. Nobody can
    delete or re-read the photos meanwhile.
    """
    reader.start()
    done: list[Reencoded] = []
    made: list[Encoding] = []
    for photo in _claimed(reader.engine, leave_out):
        found = _encode(reader, photo)
        if found.vector is not None and found.quality is not None:
            made.append(Encoding(photo=photo, engine=reader.engine, vector=found.vector, quality=found.quality.overall))
        done.append(Reencoded(photo.pk, "" if found.verdict == "ok" else found.verdict))
    Encoding.objects.bulk_create(made)
    return done


def _claimed(engine: str, leave_out: Iterable[UUID]) -> list[Photo]:
    """Locks the next few photos that `engine` has not encoded, and returns them; none if none is left.

    A statement looks before it locks: what another process has encoded and let go between the two is passed over.
    """
    waiting = Photo.objects.without_encoding(engine).exclude(pk__in=list(leave_out)).order_by("created_at", "id")
    while locked := list(waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))[:BATCH]):
        encoded = set(Encoding.objects.filter(engine=engine, photo__in=locked).values_list("photo", flat=True))
        if left := [photo for photo in locked if photo.pk not in encoded]:
            return left
    return []


def enrolled_box(photo: Photo) -> Box | None:
    """Returns the face that was enrolled: the found one that somebody chose, their own box, or the biggest."""
    boxes = [Box(*face["box"]) for face in photo.faces]
    if photo.chosen_box is None:
        return boxes[0] if boxes else None
    chosen = Box(*photo.chosen_box)
    nearest = max(boxes, key=chosen.iou, default=chosen)
    return nearest if nearest.iou(chosen) > 0.3 else chosen


def _encode(reader: FaceReader, photo: Photo) -> FaceEncoding:
    box = enrolled_box(photo)
    if box is None:
        return FaceEncoding("no_face")
    try:
        with photo.image.open("rb") as file:
            data = bytes(file.read())
        return reader.encode(data, box=box, max_bytes=settings.PHOTO_MAX_BYTES)
    except FileNotFoundError:
        return FaceEncoding("file_missing")
    except ReaderDied as death:
        logger.warning("photo %s: %s", photo.pk, death)
        return FaceEncoding("worker_failed")
