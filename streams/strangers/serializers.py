"""What the API says of strangers, and takes of whoever edits them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from people.rest.strict import StrictFields
from streams.api.camera_serializers import CameraRefSerializer
from streams.api.sighting_serializers import PersonRefSerializer
from streams.api.stranger_ref import StrangerRefSerializer
from streams.strangers.cards import StrangerCard
from streams.strangers.pictures import MOST_PICTURES

MOST_SPLIT = 1_000


class StrangerSerializer(serializers.Serializer[StrangerCard]):
    """One unknown person over all cameras and visits, as far as you may see."""

    id = serializers.UUIDField(source="stranger.pk")
    number = serializers.IntegerField(source="stranger.number", help_text="“Stranger 12” has the number 12.")
    state = serializers.ChoiceField(
        ["open", "ignored", "named", "joined"],
        source="stranger.state",
        help_text="`ignored`: folded away, still recognised. `named`: see `person`. `joined`: see `into`.",
    )
    person = PersonRefSerializer(source="stranger.person", allow_null=True)
    into = StrangerRefSerializer(source="stranger.into", allow_null=True, help_text="Whom they were joined with.")
    resembles = StrangerRefSerializer(
        source="resembled",
        allow_null=True,
        help_text="Who is probably the same: `join/` the two, or say that they are `different/`.",
    )
    times = serializers.IntegerField(help_text="Sightings.")
    first_seen_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()
    cameras = CameraRefSerializer(many=True, help_text="Of the hundred newest sightings, the newest first.")
    snapshot_url = serializers.SerializerMethodField()
    page_url = serializers.SerializerMethodField()

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_snapshot_url(self, card: StrangerCard) -> str | None:
        request = self.context["request"]
        return reverse("api-detection-snapshot", args=[card.picture], request=request) if card.picture else None

    @extend_schema_field(serializers.URLField())
    def get_page_url(self, card: StrangerCard) -> str:
        return reverse("stranger", args=[card.stranger.number], request=self.context["request"])


class _WithPictures(StrictFields, serializers.Serializer[Any]):
    pictures = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=MOST_PICTURES,
        default=list,
        help_text="Ids of detections of the stranger, whose pictures become photos of the person. For somebody "
        "enrolled it needs the right to add photos.",
    )


class NameStrangerSerializer(_WithPictures):
    """A new person. 409 `name_taken` if somebody has the name already, unless `same_name`."""

    name = serializers.CharField(max_length=200)
    same_name = serializers.BooleanField(default=False, help_text="True: this is another person than all of this name.")


class StrangerIsSerializer(_WithPictures):
    """Somebody enrolled."""

    person = serializers.UUIDField(help_text="The person's id.")


class OtherStrangerIdSerializer(StrictFields, serializers.Serializer[Any]):
    """The other of two strangers."""

    stranger = serializers.UUIDField(help_text="The id of the other stranger.")


class SplitStrangerSerializer(StrictFields, serializers.Serializer[Any]):
    """The sightings that another stranger is made of."""

    sightings = serializers.ListField(
        child=serializers.UUIDField(),
        min_length=1,
        max_length=MOST_SPLIT,
        help_text="Ids of sightings that show another person.",
    )


class StrangerEditedSerializer(serializers.Serializer[Any]):
    """What an edit did."""

    edit = serializers.IntegerField(source="edit.pk", help_text="Its id: `POST /edits/{id}/undo/` takes it back.")
    stranger = StrangerSerializer(source="card", allow_null=True, help_text="Null: there is no card any more.")
    person = serializers.UUIDField(source="edit.person", allow_null=True)
    other_stranger = serializers.UUIDField(
        source="edit.other_stranger", allow_null=True, help_text="Of a split: the new stranger."
    )
    photos = serializers.ListField(child=serializers.UUIDField(), help_text="Photos that are being enrolled.")
