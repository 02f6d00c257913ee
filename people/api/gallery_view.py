"""The API's view of the gallery's state: its contents, its engine and its thresholds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from people.accounts.limits import Looker
from people.gallery.engines import active_engine
from people.gallery.shares import shares_seen_by
from people.gallery.thresholds import DecisionThresholds
from people.recognising.uploaded import of_a_pair
from people.recognition.engine.kinds import distances_of
from people.recognition.types import Thresholds
from people.records.gallery_version import GalleryVersion
from people.records.groups import person_limits
from people.records.photo import Photo
from people.rest.filter_backend import only_these
from people.rest.permissions import RightsTable


class EngineShareSerializer(serializers.Serializer[Any]):
    """The encodings that one engine made."""

    engine = serializers.CharField(help_text="The engine that made the encodings; a gallery never mixes engines.")
    people = serializers.IntegerField()
    encodings = serializers.IntegerField(help_text="Number of encodings; the encodings themselves are never shown.")


class ThresholdsInForceSerializer(serializers.Serializer[Any]):
    """The distances, 0 to 2, that decide now; a camera may have its own `match_threshold`."""

    match = serializers.FloatField(help_text="Distance up to which a face gets a name.")
    review = serializers.FloatField(help_text="Distance up to which a person is asked.")
    margin = serializers.FloatField(help_text="How much nearer than the next person a match must be.")
    pair_match = serializers.FloatField(help_text="`match` for two single photos (verify).")
    pair_review = serializers.FloatField(help_text="`review` for two single photos.")
    since = serializers.DateTimeField(allow_null=True, help_text="null: the measured default.")
    reason = serializers.CharField(
        help_text="What the thresholds rest on, in words; empty if you see only some groups of people."
    )


class GallerySerializer(serializers.Serializer[Any]):
    """The gallery that cameras compare faces with."""

    version = serializers.IntegerField(help_text="Every change raises it. Detections name theirs.")
    changed_at = serializers.DateTimeField(allow_null=True, help_text="null: there was no change yet.")
    engine = serializers.CharField(help_text="The engine in use; its encodings form the gallery.")
    people = serializers.IntegerField(help_text="Who can be recognised now.")
    encodings = serializers.IntegerField(help_text="Encodings of those people, made by the engine in use.")
    photos_waiting = serializers.IntegerField(help_text="Uploaded and not read yet.")
    photos_held = serializers.IntegerField(help_text="Read; somebody has to choose the face or to decide.")
    thresholds = ThresholdsInForceSerializer()
    engines = EngineShareSerializer(many=True, help_text="Every engine whose encodings are kept.")


@extend_schema(tags=["gallery"])
class GalleryView(GenericAPIView[GalleryVersion]):
    queryset = GalleryVersion.objects.all()
    serializer_class = GallerySerializer
    rights: ClassVar[RightsTable] = {"GET": ("people.view_galleryversion",)}
    filterset_class = None
    pagination_class = None

    @extend_schema(
        summary="Show the state of the gallery",
        description="Counts are of the people whom you may see; the version is the whole gallery's.",
        operation_id="gallery_retrieve",
    )
    def get(self, request: Request) -> Response:
        only_these(request, {})
        return Response(self.get_serializer(gallery_state(request.user)).data)


def gallery_state(user: Looker) -> dict[str, Any]:
    """Returns the fields of GallerySerializer that `user` may see, in at most six queries."""
    now = GalleryVersion.objects.filter(pk=1).first()  # None in a database that somebody emptied
    engine = active_engine()
    shares = shares_seen_by(user, now=now)
    used = next((share for share in shares if share["engine"] == engine), {"people": 0, "encodings": 0})
    set_by_somebody = DecisionThresholds.objects.newest(engine)
    reason = set_by_somebody.reason if set_by_somebody else "Measured on public photos (docs/accuracy.md)."
    return {
        "version": now.version if now else 0,
        "changed_at": now.changed_at if now else None,
        "engine": engine,
        "people": used["people"],
        "encodings": used["encodings"],
        **Photo.objects.within_limits_of(user).numbers_waiting(),
        "thresholds": thresholds_shown(
            set_by_somebody.thresholds if set_by_somebody else distances_of(engine).thresholds,
            engine,
            set_by_somebody.created_at if set_by_somebody else None,
            "" if person_limits(user) else reason,  # the reason often gives the number of people in the whole gallery
        ),
        "engines": shares,
    }


def thresholds_shown(site: Thresholds, engine: str, since: datetime | None, reason: str) -> dict[str, Any]:
    pair = of_a_pair(site, engine)
    return {
        "match": round(site.match, 4),
        "review": round(site.review, 4),
        "margin": round(site.margin, 4),
        "pair_match": round(pair.match, 4),
        "pair_review": round(pair.review, 4),
        "since": since,
        "reason": reason,
    }
