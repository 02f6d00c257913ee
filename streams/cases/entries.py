"""What a case says of each sighting: one entry, from which document, table and pictures are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from people.base.site_time import local, time_words
from people.recognition.types import Box
from people.records.person import Person
from streams.records.detection import Detection
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict
from streams.sightings.explanations import LOOK_CLOSER, distance_words, limit_words, said_of

# 200: their rows and edits take some megabytes.
AT_ONCE = 200
VERDICT_WORDS = {StoredVerdict.MATCH: "certain", StoredVerdict.REVIEW: "likely", StoredVerdict.UNKNOWN: "unknown"}
BY_HAND = "corrected by hand"
NOBODY = "An unknown face"
WHOLE_FRAME = "The whole frame of the look that decided. The outline is drawn by this document alone."


@dataclass(frozen=True, slots=True)
class FaceOutline:
    """A face in a whole frame of this size, in pixels. The document draws it; the picture stays as it was kept."""

    face: Box
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class CasePicture:
    """One picture of an entry; `read` fetches its JPEG, and raises FileNotFoundError if it is gone."""

    when: str
    words: str
    """How this picture alone was decided."""
    read: Callable[[], bytes] = field(repr=False)
    outline: FaceOutline | None = None
    """Where the face is, in a whole frame; None: the picture shows little else."""


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One sighting, in words. `first` and `last` say moments with their zone, or places in a video."""

    id: str
    who: str
    """Name of the person, or what else the face is called."""
    how_sure: str
    where: str
    first: str
    last: str
    why: str
    """How it was decided, in words and numbers."""
    numbers: str
    ends: float
    """When it ended, for comparing the entries of one case: seconds since 1970, or of the video."""
    remarks: tuple[str, ...]
    """Corrections, and what else must be said beside it."""
    pictures: tuple[CasePicture, ...]
    clips: tuple[Callable[[], bytes], ...] = ()
    """What fetches each clip as WebM, and raises FileNotFoundError if it is gone."""
    person_id: str = ""
    also_named: str = ""
    """Id of somebody else whom its words name: of a corrected sighting, whom the machine had named."""
    camera_id: int | None = None
    verdict: str = ""
    distance: float | None = None


def entries_of(ids: Sequence[str], user: Any) -> Iterator[CaseEntry]:
    """Yields the sightings `ids` in their order, as `user` may see them, those that there still are."""
    shown = Detection.objects.visible_to(user).select_related("person").order_by("captured_at", "id")
    rows = Sighting.objects.visible_to(user).select_related("camera", "person", "edit", "stranger")
    rows = rows.prefetch_related(Prefetch("detections", shown))
    for first in range(0, len(ids), AT_ONCE):
        wanted = list(ids[first : first + AT_ONCE])
        found = {str(row.pk): row for row in rows.order_by().filter(pk__in=wanted)}
        named = _named_by_machine(found.values(), user)
        for pk in wanted:
            if pk in found:
                yield _entry(found[pk], named)


def moment(at: datetime) -> str:
    """Says a moment with its zone and offset, for readers elsewhere: 23 Nov 2026, 13:00:07 CET (UTC+01:00)."""
    offset = f"{local(at):%z}"
    zone = "" if offset == "+0000" else f" (UTC{offset[:3]}:{offset[3:]})"
    return f"{time_words(at)}{zone}"


def numbers_of(row: Any, gallery_version: int) -> str:
    """Says the numbers behind a verdict, as far as whoever makes the case may know them."""
    if row.withheld:
        near = "How near others were is not shown"
    elif row.distance is None:
        near = "Compared with nobody"
    elif row.rounded:
        near = limit_words(row.distance).capitalize()
    else:
        near = f"Distance {row.distance:.2f} to the nearest person"
    limits = f"limits {row.match_threshold:.2f} for certain and {row.review_threshold:.2f} for likely"
    return f"{near}; {limits}; {row.votes} of {row.encodings} looks agree; gallery {gallery_version}"


def how_sure(row: Any) -> str:
    return BY_HAND if row.edit else VERDICT_WORDS[row.verdict]


def called(name: str | None, stranger: Any) -> str:
    """Returns what a face is called: by its name, as a numbered stranger, or as nobody known."""
    if name:
        return name
    number = getattr(stranger, "number", None)
    return f"Stranger {number}" if number else NOBODY


def _entry(row: Any, named: dict[Any, str]) -> CaseEntry:
    ended = moment(row.last_seen_at) if row.ended_at else f"{moment(row.last_seen_at)}, still in view then"
    return CaseEntry(
        id=str(row.pk),
        who=called(row.person.name if row.person else None, row.stranger),
        how_sure=how_sure(row),
        where=row.camera.name,
        first=moment(row.first_seen_at),
        last=ended,
        why=_said_of_edit(row.edit) if row.edit else said_of(row),
        numbers=numbers_of(row, row.gallery_version),
        ends=row.last_seen_at.timestamp(),
        remarks=tuple(_remarks(row, named)),
        pictures=tuple(_pictures(row.detections.all())),
        clips=tuple(picture_file(each.clip) for each in row.detections.all() if each.clip),
        person_id=str(row.person_id or ""),
        also_named=str(row.machine_person_id) if row.edit and row.machine_person_id in named else "",
        camera_id=row.camera_id,
        verdict=row.verdict,
        distance=row.distance,
    )


def _remarks(row: Any, named: dict[Any, str]) -> Iterator[str]:
    if row.edit:
        machine = row.machine_verdict or row.verdict
        words = VERDICT_WORDS[StoredVerdict(machine)]
        name = named.get(row.machine_person_id)
        yield f"Before that the machine had decided: {f'{name}, ' if name else ''}{words}."
    if row.is_no_face:
        yield "Somebody said that this is no face."
    if row.look_closer:
        yield LOOK_CLOSER


def _said_of_edit(edit: IdentityEdit) -> str:
    return f"{edit.who} {edit.get_kind_display()} on {moment(edit.at)}."


def _named_by_machine(rows: Any, user: Any) -> dict[Any, str]:
    """Returns the names of those whom the machine had named, as far as `user` may know them."""
    ids = {row.machine_person_id for row in rows if row.machine_person_id}
    people = Person.objects.within_limits_of(user).filter(pk__in=ids) if ids else Person.objects.none()
    return dict(people.values_list("pk", "name"))


def picture_file(stored: Any) -> Callable[[], bytes]:
    """Returns what reads a stored picture when it is wanted."""

    def read() -> bytes:
        with stored.open("rb") as file:
            content: bytes = file.read()
        return content

    return read


def _pictures(detections: Any) -> Iterator[CasePicture]:
    """Yields the faces, and then the whole frame."""
    for each in detections:
        if each.snapshot:
            yield _picture(each)
    for each in detections:
        if each.frame:
            outline = FaceOutline(each.face, each.frame_width_px, each.frame_height_px)
            yield CasePicture(moment(each.captured_at), WHOLE_FRAME, picture_file(each.frame), outline)


def _picture(detection: Any) -> CasePicture:
    match = getattr(detection, "match_limit", None)
    words = VERDICT_WORDS[detection.verdict]
    if match is not None and detection.distance is not None:
        words = f"{words}: {distance_words(detection.distance, match, rounded=detection.rounded)}"
    elif detection.distance is not None:
        words = f"{words}: distance {detection.distance:.2f}"
    return CasePicture(moment(detection.captured_at), words, picture_file(detection.snapshot))
