"""The API's search of sightings by a face."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from people.api.recognition_views import LATER, PictureView
from people.rest.permissions import RightsTable
from streams.records.sighting import Sighting
from streams.searching.search import search, wanted_in_picture, wanted_in_sighting
from streams.searching.serializers import SearchResultSerializer, SearchSerializer, shown
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
        "that fits the filters and whose encoding is still kept (SIGHTING_ENCODINGS_KEEP_DAYS). People and strangers "
        "whose faces are near are listed, too. Every search is written down with who made it.",
        request={"multipart/form-data": SearchSerializer},
        responses={200: SearchResultSerializer, 503: LATER},
    )
    def post(self, request: Request) -> Response:
        context = {"request": request}
        form = SearchSerializer(data=request.data, context=context)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        chosen = SightingApiFilter(request.data, Sighting.objects.visible_to(request.user), request=request)
        if not chosen.is_valid():
            raise ValidationError(chosen.errors)
        if "sighting" in asked:
            wanted = wanted_in_sighting(asked["sighting"])
        else:
            wanted = wanted_in_picture(asked["image"].read(), asked.get("box"))
        found = search(
            wanted,
            among=chosen.qs,
            filters=_written(request.data),
            within=asked.get("within"),
            most=asked["limit"],
            skip=asked["offset"],
            order=asked["order"],
            exact=asked["exact"],
            by=request.user,
        )
        return Response(shown(found, context))


def _written(data: Any) -> dict[str, str]:
    """Returns the filters for the log, cut to LONGEST_WRITTEN.

    Of a parameter that was sent twice it keeps the last value, which is the one that filters; of REPEATED all.
    """
    held = {name: data[name] for name in FILTERS if name in data}
    held |= {name: ", ".join(dict.fromkeys(data.getlist(name))) for name in REPEATED if name in held}
    return {name: value.strip()[:LONGEST_WRITTEN] for name, value in held.items()}
