"""Serializers for the recognition of uploaded pictures."""

from __future__ import annotations

import math
from typing import Any

from rest_framework import serializers

from people.api.photo_serializers import FaceSerializer, SomebodyField
from people.recognising.uploaded import NearPerson, Recognised, Recognition
from people.recognition.engine.scales import SMALLEST_ASKED_PX
from people.recognition.types import Face, Thresholds
from people.records.person import Person
from people.rest.strict import StrictFields
from people.rest.verdicts import VERDICTS

MOST_CANDIDATES = 20
BIGGEST = "biggest"


class RecogniseSerializer(StrictFields, serializers.Serializer[Any]):
    """A picture and how to look at it. The server does not keep it."""

    image = serializers.FileField(allow_empty_file=True)
    faces = serializers.ChoiceField(
        [("all", "all"), (BIGGEST, "the biggest")],
        default="all",
        help_text="`biggest` looks for one face only, which is quicker.",
    )
    smallest_face = serializers.IntegerField(
        required=False,
        min_value=SMALLEST_ASKED_PX,
        max_value=1000,
        help_text="Width in pixels of the smallest face to look for. Without it faces from 20 pixels on are found, or "
        "from a sixty-fourth of the picture's longer side if that is more.",
    )
    candidates = serializers.IntegerField(
        min_value=0, max_value=MOST_CANDIDATES, default=0, help_text="How many of the nearest people to list."
    )
    threshold = serializers.FloatField(
        required=False,
        min_value=0.001,
        max_value=2,
        help_text="A match distance instead of the site's; the review distance moves with it. Needs the right to read "
        "encodings.",
    )


class VerifySerializer(StrictFields, serializers.Serializer[Any]):
    """A picture, and another one or a person to compare it with. The biggest face of a picture counts."""

    image = serializers.FileField(allow_empty_file=True)
    other = serializers.FileField(allow_empty_file=True, required=False)
    person = SomebodyField(queryset=Person.objects.active(), required=False)
    threshold = serializers.FloatField(
        required=False, min_value=0.001, max_value=2, help_text="As for recognising; needs the right to read encodings."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("other" in attrs) == ("person" in attrs):
            raise serializers.ValidationError("Send either `other`, a second picture, or `person`, an id.")
        return attrs


class ThresholdsSerializer(serializers.Serializer[Any]):
    """The distances that decide a verdict: Euclidean between unit vectors, 0 to 2, lower is closer."""

    match = serializers.FloatField()
    review = serializers.FloatField()
    margin = serializers.FloatField(help_text="How much nearer than the next person a match must be.")


class NamedSerializer(serializers.Serializer[Any]):
    """A person by id and name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class CandidateSerializer(serializers.Serializer[Any]):
    """An enrolled person, and the distance to the face."""

    person = NamedSerializer()
    distance = serializers.FloatField()


class RecognisedFaceSerializer(FaceSerializer):
    """A face and whom it shows."""

    verdict = serializers.ChoiceField(VERDICTS)
    person = NamedSerializer(allow_null=True, help_text="With match and review; null for somebody unknown.")
    distance = serializers.FloatField(
        allow_null=True,
        help_text="Distance to the nearest person, or the limit that it is within; null in an empty gallery.",
    )
    margin = serializers.FloatField(
        allow_null=True, help_text="How much further the next person is; null if it is withheld."
    )
    candidates = CandidateSerializer(many=True, help_text="Nearest first, as many as were asked for.")


class RecognitionSerializer(serializers.Serializer[Any]):
    """Every face of a picture, biggest first, and the gallery, engine and thresholds that decided."""

    width_px = serializers.IntegerField()
    height_px = serializers.IntegerField()
    gallery_version = serializers.IntegerField()
    engine = serializers.CharField()
    thresholds = ThresholdsSerializer()
    faces = RecognisedFaceSerializer(many=True)


class VerificationSerializer(serializers.Serializer[Any]):
    """Whether two faces show the same person."""

    verdict = serializers.ChoiceField(VERDICTS)
    distance = serializers.FloatField()
    thresholds = ThresholdsSerializer()
    face = FaceSerializer()
    other_face = FaceSerializer(allow_null=True, help_text="Face of the second picture; null for a person.")


def shown(recognition: Recognition, candidates: int) -> dict[str, Any]:
    """Returns the fields of RecognitionSerializer."""
    return {
        "width_px": recognition.picture.width_px,
        "height_px": recognition.picture.height_px,
        "gallery_version": recognition.gallery_version,
        "engine": recognition.engine,
        "thresholds": shown_thresholds(recognition.thresholds),
        "faces": [_recognised(each, candidates) for each in recognition.faces],
    }


def named_in(recognition: Recognition, candidates: int) -> list[str]:
    """Returns the ids of everybody whom `shown` names."""
    sure = [each.person for each in recognition.faces if each.person]
    near = [one.person for each in recognition.faces for one in each.candidates[:candidates]]
    return [str(person.pk) for person in (*sure, *near)]


def shown_thresholds(thresholds: Thresholds) -> dict[str, float]:
    return {"match": thresholds.match, "review": round(thresholds.review, 4), "margin": thresholds.margin}


def shown_face(face: Face) -> dict[str, Any]:
    quality = face.quality
    parts = {
        name: getattr(quality, name) for name in ("size", "sharpness", "exposure", "pose", "steadiness", "overall")
    }
    return {
        "box": [int(edge) for edge in face.box],
        "score": round(float(face.score), 3),
        "quality": {name: round(float(value), 3) for name, value in parts.items()},
    }


def _recognised(each: Recognised, candidates: int) -> dict[str, Any]:
    return {
        **shown_face(each.probe.face),
        "verdict": each.verdict.value,
        "person": _named(each.person) if each.person else None,
        "distance": _finite(each.match.distance),
        "margin": _finite(each.match.margin),
        "candidates": [_candidate(one) for one in each.candidates[:candidates]],
    }


def _candidate(one: NearPerson) -> dict[str, Any]:
    return {"person": _named(one.person), "distance": round(one.distance, 4)}


def _named(person: Person) -> dict[str, str]:
    return {"id": str(person.pk), "name": person.name}


def _finite(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None
