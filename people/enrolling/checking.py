"""Looks at a picture before anybody saves it, with the eyes of enrolment; nothing is stored.

Whether a face looks more like somebody else is left to enrolment: told here, it would be a search among all people that
needs no right to recognise and leaves no trace.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from people.editing.uploads import Upload
from people.enrolling.cross_check import judge
from people.errors import AlreadyThere, BadUpload
from people.gallery.engines import usable_engine
from people.recognising.recognisers import recognisers
from people.recognition.reading.photo import PhotoReading
from people.records import reasons
from people.records.person import Person
from people.records.photo import Photo
from people.records.states import PhotoState


@dataclass(frozen=True, slots=True)
class PictureCheck:
    """What would become of a picture."""

    code: str
    """A reason of people/records/reasons.py, "already_there", or "ok"."""
    sentence: str
    sha256: str = ""
    """Tells apart the pictures that are to be saved together; empty for a file that is refused."""
    to_decide: bool = False
    """Whether it can still be enrolled, after somebody has chosen a face."""


def check_picture(data: bytes, name: str, *, person: Person | None) -> PictureCheck:
    """Reads the picture file `data` as enrolment will, for `person` or somebody new. Raises Busy and ReaderDied."""
    try:
        upload = Upload.read(data, name)
    except BadUpload as bad:
        return PictureCheck(bad.code, str(bad))
    if person and (twin := Photo.objects.filter(person=person, sha256=upload.sha256).select_related("person").first()):
        return PictureCheck(AlreadyThere.code, str(AlreadyThere(twin)), upload.sha256)
    reading, engine = recognisers().read(data, max_bytes=settings.PHOTO_MAX_BYTES, engine=usable_engine())
    return _judged(reading, engine, person, upload.sha256)


def _judged(reading: PhotoReading, engine: str, person: Person | None, sha256: str) -> PictureCheck:
    code, detail = reading.verdict, dict(reading.detail)
    if code == "ok" and person:
        outcome = judge(Photo(person=person), reading, engine)
        if outcome.state == PhotoState.REJECTED:
            code, detail = outcome.reason, outcome.detail
    said = reasons.GOOD if code == "ok" else reasons.sentence(code, detail)
    return PictureCheck(code, said, sha256, to_decide=code == "several_faces")
