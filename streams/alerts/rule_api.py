"""The API's rules: safe edits, and what a rule would have raised before it is saved."""

from __future__ import annotations

from typing import ClassVar

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from people.audit.noting import note
from people.rest.permissions import RightsTable, model_rights
from people.rest.safe_edits import SafeModelViewSet
from streams.alerting.preview import preview
from streams.alerting.rule_services import delete_rule
from streams.alerts.rule_serializers import RulePreviewSerializer, RuleSerializer
from streams.records.rule import Rule


@extend_schema_view(
    list=extend_schema(summary="List rules"),
    retrieve=extend_schema(summary="Show a rule"),
    create=extend_schema(summary="Make a rule", description="It holds within seconds on every worker."),
    update=extend_schema(summary="Replace a rule"),
    partial_update=extend_schema(summary="Change some of a rule"),
    destroy=extend_schema(summary="Delete a rule", description="Its alerts stay."),
)
@extend_schema(tags=["rules"])
class RuleViewSet(SafeModelViewSet):
    queryset = Rule.objects.all()
    serializer_class = RuleSerializer
    lookup_value_converter = "uuid"
    rights: ClassVar[RightsTable] = model_rights(
        "streams.rule", preview=("streams.view_rule", "streams.add_rule", "streams.view_alert")
    )

    def get_queryset(self) -> QuerySet[Rule]:
        rows = Rule.objects.visible_to(self.request.user).select_related("person", "watchlist")
        return rows.prefetch_related("cameras", "camera_groups", "channels")

    def perform_destroy(self, instance: Rule) -> None:
        delete_rule(rule=instance, by=self.request.user)

    @extend_schema(
        operation_id="rules_preview",
        summary="Say what a rule would have raised in the last seven days",
        description="Takes a rule as `POST /rules/` does and saves nothing. It looks at what you may see.",
        request=RuleSerializer,
        responses={200: RulePreviewSerializer},
    )
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        form = self.get_serializer(data=request.data)
        with transaction.atomic():
            form.is_valid(raise_exception=True)
            rule = form.save()
            found = preview(rule, request.user)
            transaction.set_rollback(True)
        note(request, *filter(None, (rule.person, *found.examples)))
        return Response(RulePreviewSerializer(found).data)
