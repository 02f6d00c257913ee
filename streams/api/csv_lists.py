"""API lists as CSV files: at `csv/` below the list, or from the list itself with `Accept: text/csv`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from people.rest.negotiation import AnyPicture
from streams.errors import TooManyRows
from streams.sightings.csv_export import MOST_ROWS

CSV = {(200, "text/csv"): OpenApiTypes.STR}
ACCEPTED = f"With `Accept: text/csv` the answer is the CSV file of `csv/`: all rows on one page, at most {MOST_ROWS}."


class CsvFile(BaseRenderer):
    """Names the format for content negotiation; `CsvLists` writes the file."""

    media_type = "text/csv"
    format = "csv"


class CsvLists(ReadOnlyModelViewSet[Any]):
    # A docstring would appear in the API reference. A subclass sets the file's name and the function that writes it.
    file_name: str
    rows_as_csv: Callable[[Any], str]

    def get_renderers(self) -> list[BaseRenderer]:
        renderers: list[BaseRenderer] = super().get_renderers()
        # The action is None for a method that the list does not have, which DRF then refuses with 405.
        return [*renderers, CsvFile()] if self.action in ("list", None) else renderers

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response | HttpResponse:  # type: ignore[override]
        wants_csv = isinstance(request.accepted_renderer, CsvFile)
        return self._file(request) if wants_csv else super().list(request, *args, **kwargs)

    @extend_schema(
        summary="The list as a CSV file, newest first",
        description=f"Filtered as the list is; at most {MOST_ROWS} lines, else 400.",
        responses=CSV,
    )
    @action(detail=False, content_negotiation_class=AnyPicture, pagination_class=None)
    def csv(self, request: Request) -> HttpResponse:
        return self._file(request)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(getattr(self.request, "accepted_renderer", None), CsvFile):
            self.request.accepted_renderer = JSONRenderer()  # a refusal is JSON, not a CSV line
            self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)

    def _file(self, request: Request) -> HttpResponse:
        if paged := {"limit", "cursor"} & request.query_params.keys():
            raise ValidationError(dict.fromkeys(paged, "A CSV file has no pages; ask for a shorter time."))
        try:
            text = self.rows_as_csv(self.filter_queryset(self.get_queryset()))
        except TooManyRows as error:
            raise ValidationError(str(error), code="too_many_rows") from None
        headers = {"Content-Disposition": f'attachment; filename="{self.file_name}"', "Cache-Control": "no-store"}
        return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
