"""Recognises faces in uploaded pictures: who they are, and whether two pictures show the same person."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings

from people.accounts.limits import Limits
from people.errors import BadPicture
from people.gallery.engines import usable_engine
from people.gallery.in_use import gallery_in_use
from people.gallery.thresholds import DecisionThresholds
from people.recognising.recognisers import recognisers
from people.recognition.engine.kinds import distances_of
from people.recognition.engine.yunet import SURE
from people.recognition.gallery.ranking import distance, nearest_people
from people.recognition.pictures.formats import content_type, is_other_picture
from people.recognition.reading.probing import Probe, ProbePicture, Probes
from people.recognition.types import FARTHEST, Match, Thresholds, Vector, Verdict
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from people.records.reasons import sentence


def bad_picture(code: str) -> BadPicture:
    """Returns the refusal of a picture for the reason `code`, with its sentence for people."""
    return BadPicture(code, sentence(code, {"limit_mb": f"{settings.PHOTO_MAX_BYTES / 1_000_000:g}"}))


@dataclass(frozen=True, slots=True)
class NearPerson:
    """An enrolled person, and the distance from the face."""

    person: Person
    distance: float


@dataclass(frozen=True, slots=True)
class Recognised:
    """One face of a picture, and the decision about it."""

    probe: Probe
    verdict: Verdict
    match: Match
    candidates: tuple[NearPerson, ...]
    """Nearest first, whatever the verdict; rounded, they end at the review limit."""

    @property
    def person(self) -> Person | None:
        """Returns the person whom it shows, or perhaps shows; None for somebody unknown."""
        return self.candidates[0].person if self.candidates and self.verdict != Verdict.UNKNOWN else None


@dataclass(frozen=True, slots=True)
class Recognition:
    """Every face of a picture, biggest first, and the thresholds and gallery that decided."""

    picture: Probes
    engine: str
    gallery_version: int
    thresholds: Thresholds
    faces: tuple[Recognised, ...]


def look(
    data: bytes, *, most: int = 0, lowest_score: float = SURE, encode: bool = True, smallest_px: int = 0
) -> tuple[Probes, str]:
    """Returns the faces in the picture file `data`, biggest first, and the engine that encoded them.

    `smallest_px` is the width of the smallest face to search for; 0: as Engine.detect chooses.

    A child decodes the picture. Raises BadPicture, Busy, and ReaderDied if the picture kills the child.
    """
    if not data:
        raise bad_picture("empty")
    if len(data) > settings.PHOTO_MAX_BYTES:
        raise bad_picture("too_many_bytes")
    if content_type(data) is None:
        raise bad_picture("format_not_supported" if is_other_picture(data) else "not_an_image")
    asked = ProbePicture(
        data, settings.PHOTO_MAX_BYTES, most, lowest_score, encode, smallest_px, engine=usable_engine()
    )
    probes, engine = recognisers().look(asked)
    if probes.verdict != "ok":
        raise bad_picture(probes.verdict)
    return probes, engine


def recognise(
    data: bytes,
    *,
    within: Limits,
    most: int = 0,
    count: int = 1,
    match: float | None = None,
    lowest_score: float = SURE,
    smallest_px: int = 0,
    exact: bool = False,
) -> Recognition:
    """Finds who is in the picture: `count` candidates for each face, decided by the site's thresholds or at `match`.

    Searches only people `within` the limits: others are unknown, and no margin reveals them. Unless `exact`, distances
    are rounded (see `_rounded`). Raises as `look` does.
    """
    probes, engine = look(data, most=most, lowest_score=lowest_score, smallest_px=smallest_px)
    thresholds = thresholds_for(engine, match=match)
    gallery = gallery_in_use.get(engine, within=within)
    vectors = [probe.vector for probe in probes.found if probe.vector is not None]
    # At least two, because the margin needs the distance of the next person.
    ranked = [nearest_people(gallery, vector, max(count, 2)) for vector in vectors]
    people = Person.objects.matchable().in_bulk({person for ranking in ranked for person, _ in ranking})
    faces = tuple(
        _decided(probe, _candidates(ranking, people), gallery.version, thresholds, count)
        for probe, ranking in zip(probes.found, ranked, strict=True)
    )
    if not exact:
        faces = tuple(_rounded(face, thresholds) for face in faces)
    return Recognition(probes, engine, gallery.version, thresholds, faces)


def _candidates(ranking: list[tuple[str, float]], people: dict[Any, Person]) -> list[NearPerson]:
    by_text = {str(key): person for key, person in people.items()}
    return [NearPerson(by_text[person], apart) for person, apart in ranking if person in by_text]


def _decided(
    probe: Probe, candidates: list[NearPerson], version: int, thresholds: Thresholds, count: int
) -> Recognised:
    nearest = candidates[0] if candidates else None
    second = candidates[1] if len(candidates) > 1 else None
    match = Match(
        person=str(nearest.person.pk) if nearest else None,
        distance=nearest.distance if nearest else math.inf,
        margin=second.distance - nearest.distance if nearest and second else math.inf,
        runner_up=str(second.person.pk) if second else None,
        gallery_version=version,
    )
    return Recognised(probe, thresholds.decide(match), match, tuple(candidates[:count]))


def _rounded(face: Recognised, thresholds: Thresholds) -> Recognised:
    """Returns `face` with distances rounded up to the next limit, and without anybody beyond the review limit.

    The margin and the order of those beyond would tell as much as their distances: on which side of the middle between
    two people the face lies, one of whom may be known. docs/accuracy.md has the attacks that this stops.
    """
    near = tuple(
        NearPerson(each.person, thresholds.rounded_up(each.distance))
        for each in face.candidates
        if each.distance <= thresholds.review
    )
    match = Match(
        person=face.match.person if face.match.distance <= thresholds.review else None,
        distance=thresholds.rounded_up(face.match.distance) if face.candidates else face.match.distance,
        margin=math.inf,
        runner_up=None,
        gallery_version=face.match.gallery_version,
    )
    return Recognised(face.probe, face.verdict, match, near)


def first_names(engine: str, within: Limits, count: int) -> list[str]:
    """Returns the names of the gallery's first `count` people: always the same, whatever picture is looked at."""
    keys = gallery_in_use.get(engine, within=within).first(count)
    named = {str(key): name for key, name in Person.objects.matchable().filter(pk__in=keys).values_list("pk", "name")}
    return [named[key] for key in keys if key in named]


def thresholds_for(engine: str, *, match: float | None = None) -> Thresholds:
    """Returns the site's thresholds, or those with another `match` distance (above 0, at most 2).

    The band for review keeps its width.
    """
    return DecisionThresholds.objects.in_force(engine).with_match(match)


def pair_thresholds(engine: str, *, match: float | None = None) -> Thresholds:
    """Returns thresholds for two single photos, which vary more than a photo and a template do.

    The same band, further out: with dlib's engine 0.40 if the site decides at 0.31 (docs/accuracy.md).
    """
    return of_a_pair(DecisionThresholds.objects.in_force(engine), engine, match=match)


def of_a_pair(site: Thresholds, engine: str, *, match: float | None = None) -> Thresholds:
    """Returns what `pair_thresholds` does, from the thresholds of the site."""
    widened = match if match is not None else min(1.9, site.match + distances_of(engine).pair_allowance)
    return Thresholds(widened, min(2.0, widened + site.review - site.match))


def compare(apart: float, thresholds: Thresholds, *, exact: bool) -> tuple[float, Verdict]:
    """Returns the distance of two faces, rounded up to the next limit unless `exact`, and the verdict on them."""
    told = apart if exact else thresholds.rounded_up(apart)
    return told, thresholds.decide(Match("the other", told, math.inf, None, 0))


def distance_to_person(vector: Vector, enrolled: Vector, person: UUID, engine: str) -> float:
    """Returns the distance of a face to what is `enrolled` of `person`, their template or a photo of theirs.

    It is FARTHEST if a counter-example of the person refuses the face: somebody has said that it is not them.
    """
    refused = gallery_in_use.get(engine).refusing(str(person), vector) is not None
    return FARTHEST if refused else distance(vector, enrolled)


def template_of(person: Person, engine: str) -> Vector | None:
    """Returns the template that `person` is recognised by, or None while nothing is enrolled."""
    gallery = gallery_in_use.get(engine)
    rows = gallery.rows_of({str(person.pk)})
    return np.array(gallery.templates[rows[0]], np.float32) if len(rows) else None


def encoding_of(photo: Photo, engine: str) -> Vector | None:
    """Returns the encoding of one photo, enrolled or held for review, or None if `engine` has made none or the
    person is not matchable.
    """
    vector = Encoding.objects.of_matchable().filter(photo=photo, engine=engine).values_list("vector", flat=True).first()
    return None if vector is None else np.asarray(vector, np.float32)
