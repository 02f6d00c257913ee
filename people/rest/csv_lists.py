"""API lists as CSV files: at `csv/` below the list, or from the list itself with `Accept: text/csv`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from people.base.csv_files import MOST_ROWS, csv_file
from people.errors import TooManyRows
from people.rest.negotiation import AnyPicture

if TYPE_CHECKING:
    Base = GenericViewSet[Any]
else:  # a mixin at run time
    Base = object

CSV = {(200, "text/csv"): OpenApiTypes.STR}
ACCEPTED = f"With `Accept: text/csv` the answer is the CSV file of `csv/`: all rows on one page, at most {MOST_ROWS}."


class CsvRenderer(BaseRenderer):
    """Names the format for content negotiation; `CsvLists` writes the file."""

    media_type = "text/csv"
    format = "csv"


class CsvLists(Base):
    # Mixin for a viewset; put it before DRF's own. A docstring would appear in the API reference.
    file_name: str

    def csv_parts(self, rows: QuerySet[Any]) -> Iterator[str]:
        """Returns the parts of the file of `rows`. Raises TooManyRows."""
        raise NotImplementedError

    def get_renderers(self) -> list[BaseRenderer]:
        renderers: list[BaseRenderer] = super().get_renderers()
        # The action is None for a method that the list does not have, which DRF then refuses with 405.
        return [*renderers, CsvRenderer()] if self.action in ("list", None) else renderers

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        wants_csv = isinstance(request.accepted_renderer, CsvRenderer)
        return self._file(request) if wants_csv else super().list(request, *args, **kwargs)  # type: ignore[misc]

    @extend_schema(
        summary="The list as a CSV file",
        description=f"Filtered and in order as the list is; at most {MOST_ROWS} lines, else 400. Times are in the "
        "site's zone, which the column `time_zone` names.",
        responses=CSV,
    )
    @action(detail=False, content_negotiation_class=AnyPicture, pagination_class=None)
    def csv(self, request: Request) -> HttpResponseBase:
        return self._file(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        # A file is none of DRF's responses, so this is a refusal: JSON, not a CSV line, also of a login refused before
        # the format was asked for.
        if isinstance(answer, Response) and isinstance(answer.accepted_renderer, CsvRenderer):
            answer.accepted_renderer = JSONRenderer()
            answer.accepted_media_type = JSONRenderer.media_type
        return answer

    def _file(self, request: Request) -> HttpResponseBase:
        if paged := {"limit", "offset", "cursor"} & request.query_params.keys():
            raise ValidationError(dict.fromkeys(paged, "A CSV file has no pages; ask for a shorter list."))
        try:
            parts = self.csv_parts(self.filter_queryset(self.get_queryset()))
        except TooManyRows as error:
            raise ValidationError(str(error), code="too_many_rows") from None
        return csv_file(request._request, parts, self.file_name)
