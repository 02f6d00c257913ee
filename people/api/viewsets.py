"""The API's people and watchlists."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from people.api.filters import PersonFilter, WatchlistFilter
from people.api.serializers import MergeSerializer, PersonSerializer, WatchlistSerializer
from people.base.csv_files import ids_of
from people.base.ids import uuid_or_none
from people.base.row_state import state_of
from people.editing import services
from people.editing.members import delete_watchlist
from people.editing.merging import merge_people
from people.editing.never_matching import allow_matching, never_match
from people.gallery.lists_csv import watchlists_csv
from people.gallery.people_csv import people_csv
from people.records.holding import hold
from people.records.person import Person, PersonQuerySet
from people.records.watchlist import Watchlist
from people.rest.csv_lists import ACCEPTED, CSV, CsvLists
from people.rest.metadata_filters import PARAMETER
from people.rest.permissions import RightsTable, model_rights
from people.rest.safe_edits import SafeModelViewSet


@extend_schema_view(
    list=extend_schema(
        summary="List people by name",
        description=ACCEPTED,
        parameters=[PARAMETER],
        responses={(200, "application/json"): PersonSerializer(many=True), **CSV},
    ),
    csv=extend_schema(operation_id="people_csv", parameters=[PARAMETER]),
    create=extend_schema(
        summary="Add a person",
        description="409 `name_taken` if somebody whom you may see has the name, whatever the case of its letters: "
        "`details` has the person's id. Send `same_name` to add another person of this name. Nothing is asked if both "
        "have an `external_id`.",
    ),
    retrieve=extend_schema(summary="Show a person"),
    update=extend_schema(summary="Replace a person's fields"),
    partial_update=extend_schema(summary="Change some of a person's fields"),
    destroy=extend_schema(
        summary="Delete a person for good",
        description="Deletes the person with photos, encodings, sightings and stored "
        "pictures. To keep the records, retire instead.",
    ),
)
@extend_schema(tags=["people"])
class PersonViewSet(CsvLists, SafeModelViewSet):
    queryset = Person.objects.all()
    serializer_class = PersonSerializer
    filterset_class = PersonFilter
    rights: ClassVar[RightsTable] = model_rights(
        "people.person",
        "csv",
        retire="people.retire_person",
        restore="people.retire_person",
        never_match="people.forbid_matching",
        allow_matching="people.forbid_matching",
        merge=("people.change_person", "people.delete_person"),
    )

    file_name = "people.csv"

    def get_queryset(self) -> PersonQuerySet:
        people = Person.objects.within_limits_of(self.request.user)
        return people if self.action in ("list", "csv") else people.with_photo_counts().with_face()

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        """Returns a page of people, and counts photos for this page only, not for all skipped people."""
        page = super().paginate_queryset(queryset) or []
        shown = Person.objects.with_photo_counts().with_face().in_bulk([person.pk for person in page])
        return [shown[person.pk] for person in page if person.pk in shown]

    def csv_parts(self, rows: QuerySet[Person]) -> Iterator[str]:
        return people_csv(ids_of(rows), self.request.user)

    def perform_create(self, serializer: BaseSerializer[Person]) -> None:
        self._save(serializer)

    def perform_update(self, serializer: BaseSerializer[Person]) -> None:
        self._save(serializer)

    def perform_destroy(self, instance: Person) -> None:
        services.delete_people(people=[instance], by=self.request.user)

    @extend_schema(
        operation_id="people_retire",
        summary="Retire a person",
        description="Takes the person out of the gallery and keeps the records.",
        request=None,
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def retire(self, request: Request, pk: str) -> Response:
        person = self.get_object()
        services.retire_person(person=person, by=request.user)
        return self._shown(person)

    @extend_schema(
        operation_id="people_restore",
        summary="Restore a retired person",
        description="Puts the person back into the gallery.",
        request=None,
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def restore(self, request: Request, pk: str) -> Response:
        person = self.get_object()
        services.restore_person(person=person, by=request.user)
        return self._shown(person)

    @extend_schema(
        operation_id="people_never_match",
        summary="Forbid that a person is ever recognised",
        description="Keeps the record, deletes every encoding, and refuses new ones on every way: uploads, imports, "
        "merges, other engines. Photos are kept and not read.",
        request=None,
    )
    @action(detail=True, methods=["post"], url_path="never-match")
    @transaction.atomic
    def never_match(self, request: Request, pk: str) -> Response:
        person = self.get_object()
        never_match(person=person, by=request.user)
        return self._shown(self.get_queryset().get(pk=person.pk))

    @extend_schema(
        operation_id="people_allow_matching",
        summary="Take it back that a person is never recognised",
        description="The photos that were not read for this reason are read.",
        request=None,
    )
    @action(detail=True, methods=["post"], url_path="allow-matching")
    @transaction.atomic
    def allow_matching(self, request: Request, pk: str) -> Response:
        person = self.get_object()
        allow_matching(person=person, by=request.user)
        return self._shown(self.get_queryset().get(pk=person.pk))

    @extend_schema(
        operation_id="people_merge",
        summary="Merge another person into this one",
        description="Everything of the other person becomes this one's: photos, sightings, watchlists, groups. The "
        "other is deleted; an undo brings them back (`/edits/`). 202 if there are so many sightings that a worker "
        "moves them: both exist until it is done. The same call again gets the same answer. If one of them is "
        "retired and the other is not, you also need the right to retire people.",
        request=MergeSerializer,
        responses={200: PersonSerializer, 202: PersonSerializer},
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def merge(self, request: Request, pk: str) -> Response:
        form = MergeSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        other = form.validated_data["person"]
        hold(filter(None, [uuid_or_none(pk), other]))
        kept = self.get_object()
        if not self.get_queryset().filter(pk=other).exists() and not kept.merged.filter(pk=other).exists():
            raise ValidationError({"person": ErrorDetail(f"Nobody has the id {other}.", "does_not_exist")})
        merge_people(keep=kept, merge=Person(pk=other), by=request.user, page=request.path)
        answer = self._shown(self.get_queryset().get(pk=kept.pk))
        answer.status_code = 202 if kept.merges.working().exists() else 200
        return answer

    @transaction.atomic
    def _save(self, serializer: BaseSerializer[Person]) -> None:
        saved = serializer.save()
        serializer.instance = self.get_queryset().get(pk=saved.pk)

    def _shown(self, person: Person) -> Response:
        return Response(self.get_serializer(person).data)


@extend_schema_view(
    list=extend_schema(
        summary="List watchlists",
        description=f"Lists every watchlist, each with those of its people whom you may see. {ACCEPTED}",
        responses={(200, "application/json"): WatchlistSerializer(many=True), **CSV},
    ),
    csv=extend_schema(operation_id="watchlists_csv"),
    create=extend_schema(summary="Add a watchlist"),
    retrieve=extend_schema(summary="Show a watchlist"),
    update=extend_schema(summary="Replace a watchlist"),
    partial_update=extend_schema(summary="Change a watchlist"),
    destroy=extend_schema(
        summary="Delete a watchlist",
        description="The people on it stay. 409 while there are people on it whom you may not see.",
    ),
)
@extend_schema(tags=["watchlists"])
class WatchlistViewSet(CsvLists, SafeModelViewSet):
    queryset = Watchlist.objects.all()
    serializer_class = WatchlistSerializer
    filterset_class = WatchlistFilter
    rights: ClassVar[RightsTable] = model_rights("people.watchlist", "csv")
    file_name = "watchlists.csv"
    lookup_value_regex = "[0-9]+"
    lets_refer = False  # the members are part of the state, so nobody may add one while it is held

    def get_queryset(self) -> QuerySet[Watchlist]:
        shown = Person.objects.within_limits_of(self.request.user)
        return Watchlist.objects.prefetch_related(Prefetch("people", shown))

    def csv_parts(self, rows: QuerySet[Watchlist]) -> Iterator[str]:
        return watchlists_csv(rows)

    def row_state(self, row: Watchlist) -> str:
        return state_of(row, (person.pk for person in row.people.all()))

    def perform_create(self, serializer: BaseSerializer[Watchlist]) -> None:
        self._save(serializer)

    def perform_update(self, serializer: BaseSerializer[Watchlist]) -> None:
        self._save(serializer)

    def perform_destroy(self, instance: Watchlist) -> None:
        delete_watchlist(watchlist=instance, by=self.request.user)

    @transaction.atomic
    def _save(self, serializer: BaseSerializer[Watchlist]) -> None:
        saved = serializer.save()
        serializer.instance = self.get_queryset().get(pk=saved.pk)
