"""The API's audit: for systems that watch over who looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from people.audit.chaining import chain_all
from people.audit.entry import AuditEntry
from people.rest.csv_lists import ACCEPTED, CSV, CsvLists
from people.rest.pagination import MAX_LIMIT, whole_number
from people.rest.permissions import RightsTable
from streams.auditors.access import LIMITED, RIGHT, is_limited
from streams.auditors.csv_export import audit_csv
from streams.auditors.filters import AuditApiFilter


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    """Who did what to whom, and its place in the chain."""

    user = serializers.IntegerField(allow_null=True, help_text="A user's id. Null: a program, or a database role.")
    key = serializers.IntegerField(allow_null=True, help_text="The id of the API key. Null: none was used.")
    about = serializers.ListField(
        child=serializers.CharField(), help_text="What it was done to, and whom that concerns, as `person:<id>`."
    )
    detail = serializers.JSONField(
        allow_null=True,
        help_text="For writes `before` and `after`; for reads what was `asked`. Null: nothing, or erased since.",
    )
    hash = serializers.SerializerMethodField(help_text="SHA-256 over this entry and the hash before it, hexadecimal.")

    class Meta:
        model = AuditEntry
        fields = (
            "number", "at", "user", "who", "key", "key_name", "address", "action", "kind", "about", "detail",
            "request_id", "hash",
        )  # fmt: skip

    @extend_schema_field(serializers.CharField())
    def get_hash(self, entry: AuditEntry) -> str:
        return bytes(entry.hash).hex()


class ByNumber(CursorPagination):
    """Newest first, by number: no number stands twice, so a page neither repeats nor skips."""

    page_size = 50
    page_size_query_param = "limit"
    ordering = "-number"

    def get_page_size(self, request: Request) -> int:
        return whole_number(request, "limit", low=1, high=MAX_LIMIT, default=self.page_size)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == "limit":
                parameter["schema"] = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}
        return parameters


@extend_schema_view(
    list=extend_schema(
        summary="List entries of the audit, newest first",
        description="Who looked and who changed what. Not for callers who are limited to some people or cameras. "
        "Reading it is an entry, too. " + ACCEPTED,
        responses={(200, "application/json"): AuditEntrySerializer(many=True), **CSV},
    ),
    retrieve=extend_schema(summary="Show an entry of the audit"),
    csv=extend_schema(operation_id="audit_csv"),
)
@extend_schema(tags=["audit"])
class AuditViewSet(CsvLists, ReadOnlyModelViewSet[AuditEntry]):
    queryset = AuditEntry.objects.all()
    serializer_class = AuditEntrySerializer
    filterset_class = AuditApiFilter
    file_name = "audit.csv"
    pagination_class = ByNumber
    lookup_value_regex = "[0-9]{1,18}"
    rights: ClassVar[RightsTable] = dict.fromkeys(("list", "retrieve", "csv"), (RIGHT,))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if is_limited(request.user):
            raise PermissionDenied(LIMITED)
        chain_all()

    def csv_parts(self, rows: Any) -> Iterator[str]:
        return audit_csv(rows)
