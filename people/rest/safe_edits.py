"""API edits that never undo somebody else's, by ETag, If-Match and If-None-Match.

A row's ETag is "STATE.SHOWN". STATE is the state of the stored row; If-Match is compared with it. SHOWN is a digest of
the response; If-None-Match is compared with it. They differ because a response shows more than the row: counts of
photos, a portrait, the camera's live state. Every change of a row runs in one transaction that holds the row, so only
one of two callers who saw the same state can win.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils.http import parse_etags
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ModelViewSet

from people.base.row_state import digest, state_of
from people.rest.errors import PreconditionFailed
from people.rest.idempotent import idempotent

if TYPE_CHECKING:
    Base = GenericViewSet[Any]
else:  # a mixin at run time
    Base = object


class SafeEdits(Base):
    # Mixin for a viewset; put it before DRF's own. A docstring would appear in the public API reference.

    lets_refer = True
    """Whether others may write rows that refer to a held row: then a camera's sightings do not wait for its edit."""

    def row_state(self, row: Any) -> str:
        """Returns the row's state. Override it where an edit also changes more than the row's own columns."""
        return state_of(row)

    def lasting(self, shown: Any) -> Any:
        """Returns the response body without fields that change on every request (used for the ETag)."""
        return shown

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        found = super().filter_queryset(queryset)
        return found if self._only_looks() else found.select_for_update(of=("self",), no_key=self.lets_refer)

    def get_object(self) -> Any:
        """Returns the row, locked if the request changes it. Raises PreconditionFailed if If-Match does not match."""
        row = super().get_object()
        wanted = self.request.headers.get("If-Match")
        if wanted is None or self._only_looks():
            return row
        state = self.row_state(row)
        if not any(tag == "*" or tag.partition(".")[0] == f'"{state}' for tag in parse_etags(wanted)):
            raise PreconditionFailed(self._etag(row, self.get_serializer(row).data))
        return row

    def _only_looks(self) -> bool:
        """Returns whether the request changes nothing.

        `metadata` is the action of OPTIONS: DRF asks for the object as if to change it, but without a transaction.
        """
        return self.request.method in SAFE_METHODS or self.action == "metadata"

    def etag_of(self, response: Any) -> str | None:
        """Returns the ETag of the row that `response` shows; None if it shows no row, or several."""
        shown = getattr(response, "data", None)
        row = getattr(getattr(shown, "serializer", None), "instance", None)
        renderer = getattr(self.request, "accepted_renderer", None)
        if not isinstance(row, Model) or not isinstance(renderer, JSONRenderer) or response.status_code >= 300:
            return None
        return self._etag(row, shown)

    def _etag(self, row: Any, shown: Any) -> str:
        return f'"{self.row_state(row)}.{digest(JSONRenderer().render(self.lasting(shown)))}"'

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if etag := self.etag_of(response):
            known = parse_etags(request.headers.get("If-None-Match", ""))
            if request.method in ("GET", "HEAD") and any(tag == "*" or tag.removeprefix("W/") == etag for tag in known):
                response = Response(status=304)
            response["ETag"] = etag
        return super().finalize_response(request, response, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if isinstance(exc, PreconditionFailed):
            response["ETag"] = exc.etag
        return response


class SafeModelViewSet(SafeEdits, ModelViewSet[Any]):
    @idempotent
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    @transaction.atomic
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().update(request, *args, **kwargs)

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)
