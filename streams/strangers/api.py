"""The API's strangers: read-only rows, and the edits that people make."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from people.rest.csv_lists import ACCEPTED, CSV, CsvLists
from people.rest.permissions import RightsTable
from streams.api.newest_first import NewestFirst
from streams.records.identity_edit import IdentityEdit
from streams.records.stranger import Stranger
from streams.strangers import edits, serializers
from streams.strangers.cards import cards_of, with_cards
from streams.strangers.csv_export import strangers_csv
from streams.strangers.filters import StrangerApiFilter
from streams.strangers.pictures import ChosenPictures

VIEW, EDIT, NAME = "streams.view_stranger", "streams.edit_strangers", "streams.name_stranger"
ADD_PHOTO = "people.add_photo"


class NewestStrangers(NewestFirst):
    time = "last_seen_at"


def _edit(summary: str, takes: Any = None, description: str = "", path: str | None = None) -> Callable[[Any], Any]:
    """An action that edits one stranger and answers with what it did."""
    described = "409 `stranger_gone` if nothing is left of them, `stranger_changed` if they were named or joined."

    def decorate(method: Any) -> Any:
        answers = {200: serializers.StrangerEditedSerializer}
        schema = extend_schema(
            operation_id=f"strangers_{path or method.__name__}",
            summary=summary,
            description=f"{description} {described}".strip(),
            request=takes,
            responses=answers,
        )
        # Outside of the action, which would drop it.
        return schema(action(detail=True, methods=["post"], url_path=path)(method))

    return decorate


@extend_schema_view(
    list=extend_schema(
        summary="List strangers, newest first",
        description="Unknown people who came a second time or stayed long. Joined ones are left out unless asked for. "
        + ACCEPTED,
        responses={(200, "application/json"): serializers.StrangerSerializer(many=True), **CSV},
    ),
    retrieve=extend_schema(summary="Show a stranger"),
    csv=extend_schema(operation_id="strangers_csv"),
)
@extend_schema(tags=["strangers"])
class StrangerViewSet(CsvLists, ReadOnlyModelViewSet[Any]):
    queryset = Stranger.objects.all()
    serializer_class = serializers.StrangerSerializer
    filterset_class = StrangerApiFilter
    pagination_class = NewestStrangers
    lookup_value_converter = "uuid"
    file_name = "strangers.csv"
    rights: ClassVar[RightsTable] = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "csv": (VIEW,),
        "give_name": (VIEW, EDIT, NAME),
        **dict.fromkeys(("is_somebody", "join", "different", "split", "ignore", "unignore", "forget"), (VIEW, EDIT)),
    }

    def get_queryset(self) -> QuerySet[Stranger]:
        return with_cards(Stranger.objects.visible_to(self.request.user))

    def paginate_queryset(self, queryset: Any) -> Any:
        return cards_of(super().paginate_queryset(queryset) or [], self.request.user)

    def csv_parts(self, rows: Any) -> Iterator[str]:
        return strangers_csv(rows.order_by("-last_seen_at", "-id"), self.request.user)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self._said(cards_of([self.get_object()], request.user)[0]))

    @_edit(
        "Name a stranger: a new person",
        serializers.NameStrangerSerializer,
        "Pictures are enrolled as every photo.",
        "name",
    )
    def give_name(self, request: Request, pk: UUID) -> Response:
        asked = self._asked(serializers.NameStrangerSerializer)
        pictures = ChosenPictures.read(self.get_object().pk, asked["pictures"], request.user)
        naming = {"name": asked["name"], "same_name": asked["same_name"], "pictures": pictures}
        return self._done(edits.name_stranger(**self._whom(), **naming))

    @_edit("Say that a stranger is somebody enrolled", serializers.StrangerIsSerializer, path="is")
    def is_somebody(self, request: Request, pk: UUID) -> Response:
        asked = self._asked(serializers.StrangerIsSerializer)
        pictures = self._pictures(asked["pictures"])
        return self._done(edits.say_who(**self._whom(), person=asked["person"], pictures=pictures))

    @_edit("Join a stranger with another one", serializers.OtherStrangerIdSerializer, "The other one keeps the number.")
    def join(self, request: Request, pk: UUID) -> Response:
        other = self._asked(serializers.OtherStrangerIdSerializer)["stranger"]
        return self._done(edits.join_strangers(**self._whom(), other=other))

    @_edit(
        "Say that two strangers are two people",
        serializers.OtherStrangerIdSerializer,
        "It is remembered: nobody is asked again.",
    )
    def different(self, request: Request, pk: UUID) -> Response:
        other = self._asked(serializers.OtherStrangerIdSerializer)["stranger"]
        return self._done(edits.tell_apart(**self._whom(), other=other))

    @_edit("Make another stranger of some sightings", serializers.SplitStrangerSerializer)
    def split(self, request: Request, pk: UUID) -> Response:
        chosen = self._asked(serializers.SplitStrangerSerializer)["sightings"]
        return self._done(edits.split_stranger(**self._whom(), sightings=chosen))

    @_edit("Ignore a stranger", None, "Still recognised, but folded away and without alerts.")
    def ignore(self, request: Request, pk: UUID) -> Response:
        return self._done(edits.ignore_stranger(**self._whom(), ignore=True))

    @_edit("Stop ignoring a stranger")
    def unignore(self, request: Request, pk: UUID) -> Response:
        return self._done(edits.ignore_stranger(**self._whom(), ignore=False))

    @_edit(
        "Forget a stranger now",
        None,
        "Deletes for good what the face is recognised by; the sightings stay. It cannot be undone.",
    )
    def forget(self, request: Request, pk: UUID) -> Response:
        return self._done(edits.forget_stranger(**self._whom()))

    def _asked(self, serializer: type[Any]) -> dict[str, Any]:
        form = serializer(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        asked: dict[str, Any] = form.validated_data
        return asked

    def _whom(self) -> dict[str, Any]:
        """Returns who edits whom, and where. A stranger who is gone by now is for the edit to say."""
        return {"stranger": self.get_object().pk, "by": self.request.user, "page": self.request.path}

    def _pictures(self, ids: Sequence[UUID]) -> ChosenPictures:
        if ids and not self.request.user.has_perm(ADD_PHOTO):
            raise PermissionDenied("You have no right to add photos: leave the pictures out.")
        return ChosenPictures.read(self.get_object().pk, ids, self.request.user)

    def _done(self, edit: IdentityEdit) -> Response:
        cards = cards_of(self.get_queryset().filter(pk__in=[edit.stranger]), self.request.user)
        done = {"edit": edit, "card": cards[0] if cards else None, "photos": edit.detail.get("photos", [])}
        context = self.get_serializer_context()
        return Response(serializers.StrangerEditedSerializer(done, context=context).data)

    def _said(self, card: Any, many: bool = False) -> Any:
        return serializers.StrangerSerializer(card, many=many, context=self.get_serializer_context()).data
