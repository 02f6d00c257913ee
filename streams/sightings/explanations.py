"""Explains the verdict of a sighting, in sentences and as marks on a scale of distances."""

from __future__ import annotations

from dataclasses import dataclass

from people.recognition.types import FARTHEST
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict

LOOK_CLOSER = "Look closer: this may be a picture held before the camera, such as a print, a book cover or a phone."
NO_CLIP = "There is no clip: too few pictures were taken around this look, or the camera kept none then."
HINT_ONLY = (
    "This is a hint and no proof. Now and then it is given for somebody who stands there, and many held pictures get "
    "none. It has no part in the outcome."
)


def explain(sighting: Sighting) -> str:
    """Returns the reason for the verdict, in one or two sentences."""
    if sighting.edit is not None:
        return _edited_sentence(sighting)
    if sighting.withheld:
        return "Unknown: it is nobody whom you may see. How near others were is not shown to you."
    if sighting.distance is None:
        return "Nobody was enrolled, so this face could not be compared with anybody."
    words = {"name": str(sighting.person), "distance": _number(sighting.distance)}
    words |= {"match": _number(sighting.match_threshold), "review": _number(sighting.review_threshold)}
    sentence = _rounded_sentence if sighting.rounded else _sentence
    return sentence(sighting, sighting.distance) % words


def said_of(sighting: Sighting) -> str:
    """Returns what the verdict means, in one or two sentences without a number."""
    if sighting.edit is not None:
        return _edited_sentence(sighting)
    if sighting.withheld:
        return "Unknown: it is nobody whom you may see."
    if sighting.distance is None:
        return "Nobody was enrolled, so this face could not be compared with anybody."
    return _said(sighting, sighting.distance) % {"name": sighting.person}


def _said(sighting: Sighting, distance: float) -> str:
    if sighting.verdict == StoredVerdict.MATCH:
        return "Certain: the face is near enough to %(name)s."
    if sighting.verdict == StoredVerdict.REVIEW and distance > sighting.match_threshold:
        return "Likely %(name)s: the face is near, but not near enough to be certain. A person should look."
    if sighting.verdict == StoredVerdict.REVIEW:
        return (
            "Likely %(name)s: the face is near enough, but another person was almost as near, or the looks at it did "
            "not agree. A person should look."
        )
    if distance > sighting.review_threshold:
        return "Unknown: nobody enrolled is near this face."
    return "Unknown: somebody enrolled was near now and then, but the looks at this face did not agree on one person."


def _edited_sentence(sighting: Sighting) -> str:
    """Says who said it, and what the camera says, as far as the reader may know it."""
    edited = sighting.edit.in_words() if sighting.edit else ""
    said = f"{edited[0].upper()}{edited[1:]}."
    if sighting.machine_verdict is None:
        return said
    return f"{said} {sighting.machine}: {machine_words(sighting)}."


def machine_words(sighting: Sighting) -> str:
    """Says what the camera says of an edited sighting: `Ada Lovelace`, `perhaps Ada Lovelace`, `unknown`."""
    if sighting.machine_verdict == StoredVerdict.UNKNOWN:
        return "unknown"
    name = str(sighting.machine_person or "somebody deleted since")
    return name if sighting.machine_verdict == StoredVerdict.MATCH else f"perhaps {name}"


def words_of(sighting: Sighting) -> str:
    """Says who said who it is, or how close the face is to the nearest person, as its reader may know it."""
    if sighting.edit is not None:
        return sighting.edit.in_words()
    return distance_words(
        sighting.distance, sighting.match_threshold, withheld=sighting.withheld, rounded=sighting.rounded
    )


def limit_words(distance: float) -> str:
    """Says a rounded distance: the limit that it is within."""
    return "far from everybody enrolled" if distance >= FARTHEST else f"within {_number(distance)}"


def distance_words(
    distance: float | None, match_threshold: float, *, withheld: bool = False, rounded: bool = False
) -> str:
    """Says how close a face is to the nearest person, without a number: pages have those under Details."""
    if withheld:
        return "nobody whom you may see"
    if distance is None:
        return "nobody to compare with"
    share = distance / match_threshold
    if share <= 0.7 and not rounded:
        return "very close"
    if share <= 1:
        return "close"
    is_near = distance < FARTHEST if rounded else share <= 1.2
    return "near, but too far for a name" if is_near else "far from everybody enrolled"


def quality_words(quality: float) -> str:
    """Says how good a picture of a face is; `quality` is 0 to 1."""
    for least, words in ((0.75, "good picture"), (0.5, "fair picture"), (0.25, "poor picture")):
        if quality >= least:
            return words
    return "hardly usable picture"


def _sentence(sighting: Sighting, distance: float) -> str:
    near = distance <= sighting.match_threshold
    if sighting.verdict == StoredVerdict.MATCH:
        return "%(name)s, because the distance %(distance)s is within the limit for a name, %(match)s."
    if sighting.verdict == StoredVerdict.REVIEW and not near:
        return (
            "Perhaps %(name)s: the distance %(distance)s is beyond the limit for a name, %(match)s, "
            "but within the limit for a review, %(review)s. A person should look."
        )
    if sighting.verdict == StoredVerdict.REVIEW:
        return (
            "Perhaps %(name)s: the distance %(distance)s would do for a name (limit %(match)s), but another "
            "person was almost as near, or the detections of this face did not agree. A person should look."
        )
    if distance <= sighting.review_threshold:
        return (
            "Unknown: one detection came within %(distance)s of somebody enrolled (limit for a review %(review)s), "
            "but the detections of this face did not agree on one person."
        )
    return "Unknown: the nearest person enrolled is %(distance)s away, beyond the limit for a review, %(review)s."


def _rounded_sentence(sighting: Sighting, distance: float) -> str:
    """Returns the reason without a number but the limits, for readers of rounded distances."""
    near = distance <= sighting.match_threshold
    if sighting.verdict == StoredVerdict.MATCH:
        return "%(name)s, because the face is within the limit for a name, %(match)s."
    if sighting.verdict == StoredVerdict.REVIEW and not near:
        return (
            "Perhaps %(name)s: the face is beyond the limit for a name, %(match)s, "
            "but within the limit for a review, %(review)s. A person should look."
        )
    if sighting.verdict == StoredVerdict.REVIEW:
        return (
            "Perhaps %(name)s: the face is near enough for a name (limit %(match)s), but another "
            "person was almost as near, or the detections of this face did not agree. A person should look."
        )
    if distance <= sighting.review_threshold:
        return (
            "Unknown: one detection came near somebody enrolled (limit for a review %(review)s), "
            "but the detections of this face did not agree on one person."
        )
    return "Unknown: everybody enrolled is beyond the limit for a review, %(review)s."


def _number(distance: float) -> str:
    return f"{distance:.2f}"


@dataclass(frozen=True, slots=True)
class ScaleMark:
    """A place on the scale, in percent of its width from the left."""

    kind: str
    at_percent: float
    label: str

    @property
    def anchor(self) -> str:
        """The SVG text-anchor that keeps the label inside the drawing."""
        if self.at_percent < 15:
            return "start"
        return "end" if self.at_percent > 85 else "middle"


@dataclass(frozen=True, slots=True)
class DistanceScale:
    """Distances from 0 (the same picture) to `end`, with the two limits, this face and the next person."""

    end: float
    match: ScaleMark
    review: ScaleMark
    face: ScaleMark | None
    runner_up: ScaleMark | None

    @classmethod
    def of(cls, sighting: Sighting) -> DistanceScale:
        # A rounded distance is no place: the zones show the limits, and the sentence above says which one holds.
        place = None if sighting.rounded else sighting.distance
        second = None if place is None or sighting.margin is None else place + sighting.margin
        places = (place, second, sighting.review_threshold)
        end = max(0.8, *(0.1 + place for place in places if place is not None))

        def mark(kind: str, place: float | None, label: str) -> ScaleMark | None:
            return None if place is None else ScaleMark(kind, round(100 * place / end, 2), label)

        return cls(
            end=end,
            match=ScaleMark("match", round(100 * sighting.match_threshold / end, 2), "name"),
            review=ScaleMark("review", round(100 * sighting.review_threshold / end, 2), "review"),
            face=mark("face", place, "this face"),
            runner_up=mark("runner-up", second, "next person"),
        )

    @property
    def review_width_percent(self) -> float:
        return round(self.review.at_percent - self.match.at_percent, 2)

    @property
    def unknown_width_percent(self) -> float:
        return round(100 - self.review.at_percent, 2)
