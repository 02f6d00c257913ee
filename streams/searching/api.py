"""The API's search of sightings by a face."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponseBase
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from people.api.recognition_views import LATER, PictureView
from people.base.csv_files import csv_file
from people.rest.csv_lists import CSV
from people.rest.negotiation import AnyPicture
from people.rest.permissions import RightsTable
from streams.records.sighting import Sighting
from streams.searching.csv_export import search_csv
from streams.searching.noting import note_found
from streams.searching.search import MOST_NEAR, Search, search, wanted_in_picture, wanted_in_sighting
from streams.searching.serializers import SearchFileSerializer, SearchResultSerializer, SearchSerializer, shown
from streams.sightings.filters import SightingApiFilter

REPEATED = ("camera", "verdict", "day")
FILTERS = ("person", "watchlist", "seen_after", "seen_before", "when", "time_from", "time_to", *REPEATED)
LONGEST_WRITTEN = 200
"""The most characters of a filter in the log: fields ignore spaces and dashes, and a request could send megabytes."""


class SightingSearchView(PictureView):
    rights: ClassVar[RightsTable] = {"POST": ("streams.search_sightings", "streams.view_sighting")}

    @extend_schema(
        tags=["sightings"],
        operation_id="sightings_search",
        summary="Search sightings by a face",
        description="Compares the face of a picture, which is not kept, or of another sighting with every sighting "
        "that fits the filters and whose encoding is still kept (see the schedule of keeping). People and strangers "
        "whose faces are near are listed, too. Every search is written down with who made it.",
        request={"multipart/form-data": SearchSerializer},
        responses={200: SearchResultSerializer, 503: LATER},
    )
    def post(self, request: Request) -> Response:
        found = _found(request, SearchSerializer)
        note_found(request, found)
        return Response(shown(found, {"request": request}))


class SightingSearchCsvView(PictureView):
    rights: ClassVar[RightsTable] = SightingSearchView.rights
    content_negotiation_class = AnyPicture

    @extend_schema(
        tags=["sightings"],
        operation_id="sightings_search_csv",
        summary="Search sightings by a face, as a CSV file",
        description=f"Takes the same form without its pages: people and strangers first, then at most {MOST_NEAR} "
        "sightings.",
        request={"multipart/form-data": SearchFileSerializer},
        responses={**CSV, 503: LATER},
    )
    def post(self, request: Request) -> HttpResponseBase:
        found = _found(request, SearchFileSerializer)
        note_found(request, found)
        return csv_file(request._request, search_csv(found), "found.csv")


def _found(request: Request, shape: type[SearchSerializer]) -> Search:
    form = shape(data=request.data, context={"request": request})
    form.is_valid(raise_exception=True)
    asked = form.validated_data
    chosen = SightingApiFilter(request.data, Sighting.objects.visible_to(request.user), request=request)
    if not chosen.is_valid():
        raise ValidationError(chosen.errors)
    if "sighting" in asked:
        wanted = wanted_in_sighting(asked["sighting"])
    else:
        wanted = wanted_in_picture(asked["image"].read(), asked.get("box"))
    return search(
        wanted,
        among=chosen.qs,
        filters=_written(request.data),
        within=asked.get("within"),
        most=asked.get("limit", MOST_NEAR),
        skip=asked.get("offset", 0),
        order=asked["order"],
        exact=asked["exact"],
        by=request.user,
    )


def _written(data: Any) -> dict[str, str]:
    """Returns the filters for the log, cut to LONGEST_WRITTEN.

    Of a parameter that was sent twice it keeps the last value, which is the one that filters; of REPEATED all.
    """
    held = {name: data[name] for name in FILTERS if name in data}
    held |= {name: ", ".join(dict.fromkeys(data.getlist(name))) for name in REPEATED if name in held}
    return {name: value.strip()[:LONGEST_WRITTEN] for name, value in held.items()}
