"""The API's proposals and suspensions."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from people.editing.proposing import confirm, refuse_proposal, withdraw_proposal
from people.editing.reviving import revive_entry
from people.records.proposal import Proposal, ProposalKind, ProposalState
from people.records.suspension import Suspension, SuspensionQuerySet
from people.rest.idempotent import idempotent
from people.rest.permissions import RightsTable
from streams.watching import serializers
from streams.watching.forms import ProposalForm
from streams.watching.proposal_cards import proposal_cards, proposals_for

SEE = ("people.view_proposal", "people.view_watchlist")
"""A proposal says in a sentence which list it is about."""
TWO = "409 `wants_another` for whoever proposed it, with whatever key; 409 `proposal_over` if it is too late."


class ProposalFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(field_name="standing", choices=ProposalState.choices)
    kind = django_filters.ChoiceFilter(choices=ProposalKind.choices)
    watchlist = django_filters.NumberFilter(field_name="watchlist_id", min_value=1, max_value=2**31 - 1)
    person = django_filters.UUIDFilter(field_name="person_id")

    class Meta:
        model = Proposal
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="List proposals, newest first", responses=serializers.ProposalSerializer(many=True)),
    retrieve=extend_schema(summary="Show a proposal", responses=serializers.ProposalSerializer),
)
@extend_schema(tags=["proposals"])
class ProposalViewSet(ReadOnlyModelViewSet[Proposal]):
    queryset = Proposal.objects.all()
    serializer_class = serializers.ProposalSerializer  # type: ignore[assignment] # of cards
    filterset_class = ProposalFilter
    lookup_value_converter = "uuid"
    rights: ClassVar[RightsTable] = {
        **dict.fromkeys(("list", "retrieve"), SEE),
        **dict.fromkeys(("create", "withdraw"), (*SEE, "people.add_proposal")),
        **dict.fromkeys(("confirm", "refuse"), (*SEE, "people.decide_proposal")),
    }

    def get_queryset(self) -> QuerySet[Proposal]:
        return proposals_for(self.request.user)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._shown(page))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._said(self.get_object())

    @extend_schema(
        summary="Propose something that a watchlist asks two people for",
        description="Another user has seven days to decide. 409 `already_proposed` if the same waits already. To "
        "propose that a rule is less sure you need the right to change rules, too.",
        request=serializers.NewProposalSerializer,
        responses={201: serializers.ProposalSerializer},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        sent = self._asked(serializers.NewProposalSerializer)
        form = ProposalForm(sent, user=request.user)
        if not form.is_valid():
            raise ValidationError({name: [str(error) for error in errors] for name, errors in form.errors.items()})
        proposal = form.propose()
        return self._said(proposals_for(request.user).get(pk=proposal.pk), 201)

    @extend_schema(
        operation_id="proposals_confirm",
        summary="Confirm what another user has proposed, and do it",
        description=TWO,
        request=serializers.DecisionSerializer,
        responses={200: serializers.ProposalSerializer},
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def confirm(self, request: Request, pk: UUID) -> Response:
        asked = self._asked(serializers.DecisionSerializer)
        return self._said(confirm(proposal=self.get_object(), by=request.user, **asked))

    @extend_schema(
        operation_id="proposals_refuse",
        summary="Refuse what another user has proposed",
        description=TWO,
        request=serializers.DecisionSerializer,
        responses={200: serializers.ProposalSerializer},
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def refuse(self, request: Request, pk: UUID) -> Response:
        asked = self._asked(serializers.DecisionSerializer)
        return self._said(refuse_proposal(proposal=self.get_object(), by=request.user, **asked))

    @extend_schema(
        operation_id="proposals_withdraw",
        summary="Withdraw what you have proposed",
        request=None,
        responses={200: serializers.ProposalSerializer},
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def withdraw(self, request: Request, pk: UUID) -> Response:
        return self._said(withdraw_proposal(proposal=self.get_object(), by=request.user))

    def _asked(self, serializer: type[Any]) -> dict[str, Any]:
        form = serializer(data=self.request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        asked: dict[str, Any] = form.validated_data
        return asked

    def _shown(self, proposals: Any) -> Any:
        cards: Any = proposal_cards(proposals, self.request.user)
        context = self.get_serializer_context()
        return serializers.ProposalSerializer(cards, many=True, context=context).data

    def _said(self, proposal: Proposal, status: int = 200) -> Response:
        return Response(self._shown([proposal])[0], status=status)


class SuspensionFilter(django_filters.FilterSet):
    holds = django_filters.BooleanFilter(
        field_name="revived_at", lookup_expr="isnull", help_text="True: nobody has revived the entry yet."
    )
    watchlist = django_filters.NumberFilter(field_name="watchlist_id", min_value=1, max_value=2**31 - 1)
    person = django_filters.UUIDFilter(field_name="person_id")

    class Meta:
        model = Suspension
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(
        summary="List suspended entries of watchlists, newest first",
        description="Somebody whose alerts by a list were false too often raises none by it. Cameras go on recognising "
        "them. An entry is suspended as the alert is closed that was one too many.",
    ),
    retrieve=extend_schema(summary="Show a suspension"),
)
@extend_schema(tags=["watchlists"])
class SuspensionViewSet(ReadOnlyModelViewSet[Suspension]):
    queryset = Suspension.objects.all()
    serializer_class = serializers.SuspensionSerializer
    filterset_class = SuspensionFilter
    lookup_value_regex = "[0-9]+"
    rights: ClassVar[RightsTable] = {
        **dict.fromkeys(("list", "retrieve"), ("people.view_watchlist", "people.view_person")),
        "revive": ("people.view_watchlist", "people.view_person", "people.change_watchlist"),
    }

    def get_queryset(self) -> SuspensionQuerySet:
        return Suspension.objects.within_limits_of(self.request.user).select_related("person", "watchlist")

    @extend_schema(
        operation_id="suspensions_revive",
        summary="Let a suspended entry raise alerts again",
        description="409 `wants_two` if the list asks for two people: propose it then (`/proposals/`).",
        request=serializers.RevivalSerializer,
        responses={200: serializers.SuspensionSerializer},
    )
    @action(detail=True, methods=["post"])
    @transaction.atomic
    def revive(self, request: Request, pk: int) -> Response:
        form = serializers.RevivalSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = self.get_object()
        revive_entry(suspension=row, why=form.validated_data["why"], by=request.user)
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)
