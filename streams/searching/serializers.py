"""Serializers for a search of sightings by a face."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.reverse import reverse

from people.api.photo_serializers import FaceSerializer
from people.api.recognition_serializers import shown_face
from people.recognition.types import Box
from people.rest.strict import StrictFields
from people.rest.verdicts import VERDICTS
from streams.api.sighting_serializers import PersonRefSerializer, SightingSerializer
from streams.api.stranger_ref import StrangerRefSerializer
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict
from streams.searching.nearest import EXACT_UP_TO
from streams.searching.search import FURTHEST, MOST_COUNTED, MOST_FOUND, MOST_NEAR, FoundOrder, Search
from streams.sightings.moments import Preset, Weekday


class VisibleSighting(serializers.PrimaryKeyRelatedField[Sighting]):
    def get_queryset(self) -> Any:
        return Sighting.objects.visible_to(self.context["request"].user)


class SearchSerializer(StrictFields, serializers.Serializer[Any]):
    """A face, in a picture or of a sighting, and the sightings to search."""

    image = serializers.FileField(
        allow_empty_file=True, required=False, help_text="A picture with the face. It is not kept."
    )
    sighting = VisibleSighting(
        queryset=Sighting.objects.none(), required=False, help_text="In place of `image`: the face of this sighting."
    )
    box = serializers.RegexField(
        r"^-?\d{1,6}(,-?\d{1,6}){3}$",
        required=False,
        help_text="left,top,right,bottom of the wanted face in pixels of the picture, as in `faces` of an answer. "
        "If left out, the biggest face counts.",
    )
    within = serializers.FloatField(
        required=False,
        min_value=0.001,
        max_value=FURTHEST,
        help_text="Distance up to which a sighting is found; if left out, the site's review for two single photos. "
        "Needs the right to read encodings.",
    )
    limit = serializers.IntegerField(min_value=1, max_value=MOST_FOUND, default=20)
    offset = serializers.IntegerField(
        min_value=0,
        max_value=MOST_NEAR - MOST_FOUND,
        default=0,
        help_text="Sightings to pass over: those of pages before.",
    )
    order = serializers.ChoiceField(
        FoundOrder.choices,
        default=FoundOrder.LIKENESS,
        help_text=f"Most alike first, or the newest first of the {MOST_NEAR} most alike.",
    )
    exact = serializers.BooleanField(
        default=False,
        help_text=f"Compare with every sighting. Otherwise, if more than {EXACT_UP_TO} fit the filters, "
        "an index is asked, which is quicker and may miss one now and then.",
    )
    camera = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="A camera's slug. Repeat the parameter for several."
    )
    person = serializers.UUIDField(required=False)
    watchlist = serializers.IntegerField(required=False)
    verdict = serializers.ListField(
        child=serializers.ChoiceField(StoredVerdict.choices),
        required=False,
        help_text="Repeat the parameter for several.",
    )
    seen_after = serializers.CharField(required=False, help_text="Sightings that had not ended by this time.")
    seen_before = serializers.CharField(required=False, help_text="Sightings that began before.")

    when = serializers.ChoiceField(Preset.choices, required=False, help_text="In the site's time zone.")
    time_from = serializers.CharField(required=False, help_text="Time of day when they began, such as 18:00.")
    time_to = serializers.CharField(required=False, help_text="Up to this time of day, or of the next day.")
    day = serializers.ListField(
        child=serializers.ChoiceField(Weekday.choices), required=False, help_text="Repeat the parameter for several."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("image" in attrs) == ("sighting" in attrs):
            raise serializers.ValidationError("Send either `image`, a picture, or `sighting`, an id.")
        if "box" in attrs:
            if "image" not in attrs:
                raise serializers.ValidationError({"box": "Only a picture can have a box."})
            attrs["box"] = Box(*map(int, attrs["box"].split(",")))
        return attrs


class SearchFileSerializer(SearchSerializer):
    """The same for a file, which has no pages."""

    limit = None  # type: ignore[assignment]
    offset = None  # type: ignore[assignment]


class SearchedFaceSerializer(FaceSerializer):
    """A face of the picture."""

    chosen = serializers.BooleanField(help_text="Whether it is the one that was looked for.")


class SearchThresholdsSerializer(serializers.Serializer[Any]):
    """The distances that decide a similarity: the site's, by which cameras name people."""

    match = serializers.FloatField()
    review = serializers.FloatField()


SURE = "By the limits of cameras: match is certain, review likely, unknown unsure."


class FoundPersonSerializer(serializers.Serializer[Any]):
    """Somebody enrolled whose face is near."""

    person = PersonRefSerializer()
    similarity = serializers.ChoiceField(VERDICTS, help_text=SURE)
    page_url = serializers.URLField()


class FoundStrangerSerializer(serializers.Serializer[Any]):
    """An unknown person, over all cameras and visits, whose face is near."""

    stranger = StrangerRefSerializer()
    similarity = serializers.ChoiceField(VERDICTS, help_text=SURE)
    sightings = serializers.IntegerField(allow_null=True, help_text="null for callers who are limited to some of them.")
    page_url = serializers.URLField()


class FoundSerializer(serializers.Serializer[Any]):
    """A sighting with a near face."""

    distance = serializers.FloatField(
        help_text="Euclidean, 0 to 2; lower is closer. Without the right to read encodings: the limit it is within."
    )
    similarity = serializers.ChoiceField(VERDICTS, help_text=SURE)
    sighting = SightingSerializer()


class SearchResultSerializer(serializers.Serializer[Any]):
    """The result of a search."""

    engine = serializers.CharField(help_text="Sightings of other engines are not compared.")
    searched = serializers.IntegerField(
        allow_null=True,
        help_text="Sightings that were compared: all that fit and have an encoding. null: the index was asked.",
    )
    of_other_engines = serializers.IntegerField(
        help_text="Sightings that fit the filters and were not compared: another engine encoded them, which was in use "
        f"when they were recorded. At most {MOST_COUNTED} are counted."
    )
    within = serializers.FloatField()
    thresholds = SearchThresholdsSerializer()
    faces = SearchedFaceSerializer(many=True, help_text="Faces of the picture, biggest first; none for a sighting.")
    results = FoundSerializer(many=True)
    people = FoundPersonSerializer(many=True, help_text="Needs the rights to recognise and to see people.")
    strangers = FoundStrangerSerializer(many=True, help_text="Needs the right to see strangers.")
    more = serializers.BooleanField(help_text="Whether there are more sightings within the distance.")


def shown(search: Search, context: dict[str, Any]) -> dict[str, Any]:
    """Returns the fields of SearchResultSerializer."""
    picture = search.wanted.picture
    sightings = SightingSerializer(context=context)  # one for all: making its fields takes longer than a sighting
    return {
        "engine": search.wanted.engine,
        "searched": search.searched,
        "of_other_engines": search.of_other_engines,
        "within": round(search.within, 4),
        "thresholds": {"match": round(search.thresholds.match, 4), "review": round(search.thresholds.review, 4)},
        "faces": [
            {**shown_face(probe.face), "chosen": probe is search.wanted.chosen}
            for probe in (picture.found if picture else ())
        ],
        "results": [
            {
                "distance": round(found.distance, 4),
                "similarity": found.similarity.value,
                "sighting": sightings.to_representation(found.sighting),
            }
            for found in search.found
        ],
        "people": [
            {
                "person": PersonRefSerializer(found.person).data,
                "similarity": found.similarity.value,
                "page_url": reverse("person", args=[found.person.pk], request=context["request"]),
            }
            for found in search.people
        ],
        "strangers": [
            {
                "stranger": {"id": found.stranger.pk, "number": found.stranger.number},
                "similarity": found.similarity.value,
                "sightings": found.sightings,
                "page_url": reverse("stranger", args=[found.stranger.number], request=context["request"]),
            }
            for found in search.strangers
        ],
        "more": search.more,
    }
