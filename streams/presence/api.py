"""The API's answer to who is here."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from people.rest.filter_backend import PAGING, only_these
from people.rest.pagination import MAX_LIMIT, Pages
from people.rest.permissions import RightsTable
from streams.presence.form import PresenceForm
from streams.presence.listed import Present
from streams.presence.report import WhoIsHere
from streams.presence.whereabouts import Where, WhyGuessed

ASKED = {"where": django_filters.MultipleChoiceFilter(), "name": None, "watchlist": None}
PARAMETERS = [
    OpenApiParameter("where", OpenApiTypes.STR, enum=list(Where), many=True, description="Repeat for several."),
    OpenApiParameter("name", OpenApiTypes.STR, description="Part of a person's name."),
    OpenApiParameter("watchlist", OpenApiTypes.INT, description="People on the watchlist."),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}),
    OpenApiParameter("offset", OpenApiTypes.INT),
]


class PresentPersonSerializer(serializers.Serializer[Any]):
    """A person by id and name."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class PresentSerializer(serializers.Serializer[Present]):
    """One person, and where they are."""

    person = PresentPersonSerializer(source="*")
    where = serializers.ChoiceField(
        list(Where),
        help_text="`in_view` of a camera; `here`: seen at an entrance or inside, and not at an exit since; `left`: "
        "seen at an exit last; `seen` by cameras without a role alone.",
    )
    guess = serializers.ChoiceField(
        list(WhyGuessed),
        allow_null=True,
        help_text="Why `here` is a guess. `no_exit`: no camera sees who leaves; `exit_down`: one gave no pictures "
        "since they were seen; `long_ago`: not seen for four hours.",
    )
    words = serializers.CharField(source="whereabouts.words", help_text="Where, and why that is a guess, in words.")
    first_seen_at = serializers.DateTimeField(source="first_at")
    last_seen_at = serializers.DateTimeField(source="last_at")


class WhereCountsSerializer(serializers.Serializer[Any]):
    """How many are where."""

    in_view = serializers.IntegerField()
    here = serializers.IntegerField()
    left = serializers.IntegerField()
    seen = serializers.IntegerField()


class PresenceSerializer(serializers.Serializer[Any]):
    """A page of who is here, by where they are and then by name."""

    at = serializers.DateTimeField()
    since = serializers.DateTimeField(help_text="When the day began (PRESENCE_DAY_BEGINS, in the site's time zone).")
    people = WhereCountsSerializer(help_text="Everybody who was asked for, whatever `where` says.")
    strangers = WhereCountsSerializer(help_text="Unknown people; 0 where a name or a watchlist is asked for.")
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = PresentSerializer(many=True)


class PresenceView(APIView):
    rights: ClassVar[RightsTable] = {"GET": ("streams.view_presence", "streams.view_sighting")}

    @extend_schema(
        tags=["reports"],
        operation_id="presence",
        summary="Who is here now",
        description="From certain sightings since the day began, and the roles of cameras.",
        parameters=PARAMETERS,
        responses=PresenceSerializer,
    )
    def get(self, request: Request) -> Response:
        only_these(request, ASKED, paging=PAGING - {"cursor"})
        form = PresenceForm(request.query_params, request=request)
        if not form.is_valid():
            raise ValidationError({name: [str(error) for error in errors] for name, errors in form.errors.items()})
        found = form.presence(timezone.now())
        pages = Pages()
        listed: Any = found.people.at(form.chosen)
        rows: Any = pages.paginate_queryset(listed, request, view=self)
        answer = pages.get_paginated_response(PresentSerializer(rows, many=True).data)
        answer.data |= _head(found)
        return answer


def _head(found: WhoIsHere) -> dict[str, Any]:
    head = {"at": found.at, "since": found.since, "people": found.people.counts, "strangers": found.strangers.counts}
    return {name: PresenceSerializer().fields[name].to_representation(value) for name, value in head.items()}
