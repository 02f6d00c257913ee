"""What the API takes and says of corrections, and the ledger of all identity edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from people.rest.csv_lists import ACCEPTED, CSV, CsvLists
from people.rest.permissions import RightsTable
from people.rest.strict import StrictFields
from streams.api.newest_first import NewestFirst
from streams.api.sighting_serializers import PersonRefSerializer
from streams.api.stranger_ref import StrangerRefSerializer
from streams.correcting.corrections import Correction
from streams.correcting.csv_export import edits_csv
from streams.correcting.ledger import UNCHANGED
from streams.correcting.shown import ShownEdit, shown
from streams.correcting.undoing import may_undo, undo
from streams.records.identity_edit import IdentityEdit
from streams.records.states import EditKind, EditState
from streams.sightings.filters import EditFilter

SAYS = {"is": EditKind.IS, "is_not": EditKind.IS_NOT, "no_face": EditKind.NO_FACE}


class CorrectionSerializer(StrictFields, serializers.Serializer[Any]):
    """What the sighting shows. Exactly one of `is`, `is_not` and `no_face`."""

    def get_fields(self) -> dict[str, Any]:
        """Returns the fields: `is` is a word of Python's own, so they cannot stand as attributes."""
        return {
            "is": serializers.UUIDField(required=False, help_text="The id of the person whom it shows."),
            "is_not": serializers.UUIDField(
                required=False,
                help_text="The id of the person whom it names or suggests and does not show. The face will not be "
                "taken for this person again.",
            ),
            "no_face": serializers.BooleanField(required=False, help_text="`true`: it shows no face."),
            "edit": serializers.IntegerField(
                required=False,
                allow_null=True,
                help_text="The `edit` of the sighting as you saw it. 409 `edited_meanwhile` if somebody has edited it "
                "since. Leave it out to correct the sighting as it is now.",
            ),
        }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(SAYS.keys() & attrs.keys()) != 1:
            raise serializers.ValidationError("Send exactly one of is, is_not and no_face.")
        if attrs.get("no_face") is False:
            raise serializers.ValidationError({"no_face": "Expected true. To take it back, undo the edit."})
        return attrs

    def says(self) -> Correction:
        (name,) = SAYS.keys() & self.validated_data.keys()
        person = self.validated_data[name]
        return Correction(SAYS[name], None if name == "no_face" else person)

    def seen(self) -> Any:
        return self.validated_data.get("edit", UNCHANGED)


class EditSerializer(serializers.Serializer[ShownEdit]):
    """One thing that somebody said about who it is."""

    id = serializers.IntegerField(source="edit.pk")
    at = serializers.DateTimeField(source="edit.at")
    who = serializers.CharField(source="edit.who", help_text="The user, and the API key if it was one.")
    page = serializers.CharField(source="edit.page", help_text="The address where it was done.")
    kind = serializers.ChoiceField(EditKind.choices, source="edit.kind")
    said = serializers.CharField(help_text="What was said, in a sentence.")
    person = PersonRefSerializer(
        allow_null=True, help_text="Whom it is about. Null: nobody, or deleted since, or nobody whom you may see."
    )
    stranger = StrangerRefSerializer(allow_null=True)
    other_stranger = StrangerRefSerializer(allow_null=True)
    sighting = serializers.UUIDField(allow_null=True, help_text="The sighting, if it is about one alone.")
    total = serializers.IntegerField(source="edit.total", help_text="Sightings that it is about.")
    changed = serializers.IntegerField(source="edit.changed", help_text="Sightings that it has changed so far.")
    state = serializers.CharField(source="edit.state", help_text="`working` while a worker is at it, then `done`.")
    undoes = serializers.IntegerField(source="edit.undoes_id", allow_null=True, help_text="The edit that it undoes.")
    undone_by = serializers.SerializerMethodField(help_text="The edit that undid it.")
    why_not = serializers.CharField(help_text="Why you cannot undo it, in a sentence; empty if you can.")
    left = serializers.CharField(help_text="What an undo could not restore, and why; or empty.")

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_undone_by(self, row: ShownEdit) -> int | None:
        return getattr(getattr(row.edit, "undone_by", None), "pk", None)


class NewestEdits(NewestFirst):
    time, key = "at", int


@extend_schema_view(
    list=extend_schema(
        summary="List identity edits, newest first",
        description="Who said about whom, when and where. If you are limited to some cameras or people: your own. "
        + ACCEPTED,
        responses={(200, "application/json"): EditSerializer(many=True), **CSV},
    ),
    retrieve=extend_schema(summary="Show an identity edit, and how far it is"),
    csv=extend_schema(operation_id="edits_csv"),
)
@extend_schema(tags=["edits"])
class EditViewSet(CsvLists, ReadOnlyModelViewSet[Any]):
    queryset = IdentityEdit.objects.all()
    serializer_class = EditSerializer
    filterset_class = EditFilter
    file_name = "edits.csv"
    pagination_class = NewestEdits
    rights: ClassVar[RightsTable] = {
        "list": ("streams.view_identityedit",),
        "retrieve": ("streams.view_identityedit",),
        "csv": ("streams.view_identityedit",),
        "undo": ("streams.view_identityedit",),
    }

    def get_queryset(self) -> QuerySet[IdentityEdit]:
        return IdentityEdit.objects.visible_to(self.request.user).select_related("undoes", "undone_by")

    def paginate_queryset(self, queryset: Any) -> Any:
        return shown(super().paginate_queryset(queryset) or [], self.request.user)

    def csv_parts(self, rows: Any) -> Iterator[str]:
        return edits_csv(rows, self.request.user)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._said(self.get_object()))

    @extend_schema(
        operation_id="edits_undo",
        summary="Undo an identity edit",
        description="Every sighting gets back what it was before; one that was edited since keeps the later edit. "
        "Needs the right of the edit itself. Answers with the undo, which is a new edit: 202 while a worker is still "
        "at it. 409 `cannot_undo` with the reason if it cannot be undone.",
        request=None,
        responses={200: EditSerializer, 202: EditSerializer},
    )
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        edit = self.get_object()
        if not may_undo(request.user, edit) and edit.kind not in (EditKind.UNDO, EditKind.FORGET):
            raise PermissionDenied("You have no right to undo this: it needs the right that the edit itself needs.")
        undone = undo(edit=edit, by=request.user, page=request.path)
        is_done = undone.state == EditState.DONE
        return Response(self._said(self.get_queryset().get(pk=undone.pk)), status=200 if is_done else 202)

    def _said(self, edit: IdentityEdit) -> Any:
        (row,) = shown([edit], self.request.user)
        return EditSerializer(row).data
