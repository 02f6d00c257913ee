"""What the API says of rules and takes for them."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.fields import empty

from people.records.person import Person
from people.records.watchlist import Watchlist
from people.rest.strict import StrictFields
from streams.alerting.preview import Preview
from streams.alerting.rule_services import keep_what_belongs, lacks, save_rule
from streams.alerting.rule_words import sentence
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.groups import CameraGroup, camera_limits, groups_within
from streams.records.rule import Rule

ABOUT = ("is_on", "kind", "person", "watchlist", "hours")
MEMBERS = ("cameras", "camera_groups", "channels")


class _RowField:
    """Mixin for a field that names a row: null names none, and "" is refused."""

    context: dict[str, Any]
    root: Any

    def run_validation(self, data: Any = empty) -> Any:
        is_form = isinstance(getattr(self.root, "initial_data", None), QueryDict)  # a form has no other word for null
        if data == "" and not is_form:
            raise serializers.ValidationError("Expected an id, or null.", code="invalid")
        return super().run_validation(data)  # type: ignore[misc]

    def _offered(self, rows: Any, column: str) -> Any:
        """Returns which of `rows` the user may name: all with the right to see them, else what the rule has already.

        Whoever may make rules and may not see people would else learn by a rule who has an id, or when they come.
        """
        meta = rows.model._meta
        if self.context["request"].user.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
            return rows
        rule = self.root.instance if isinstance(self.root.instance, Rule) else Rule()
        return rows.filter(pk__in=Rule.objects.filter(pk=rule.pk).values(column))


class RulePersonField(_RowField, serializers.PrimaryKeyRelatedField[Person]):
    def get_queryset(self) -> Any:
        return self._offered(Person.objects.within_limits_of(self.context["request"].user), "person")


class RuleWatchlistField(_RowField, serializers.PrimaryKeyRelatedField[Watchlist]):
    def get_queryset(self) -> Any:
        return self._offered(Watchlist.objects.all(), "watchlist")


class RuleCameraField(_RowField, serializers.SlugRelatedField[Camera]):
    def get_queryset(self) -> Any:
        return self._offered(Camera.objects.within_limits_of(self.context["request"].user), "cameras")


class RuleGroupField(_RowField, serializers.SlugRelatedField[CameraGroup]):
    def get_queryset(self) -> Any:
        return groups_within(camera_limits(self.context["request"].user))


class RuleChannelField(_RowField, serializers.PrimaryKeyRelatedField[Channel]):
    def get_queryset(self) -> Any:
        return Channel.objects.within_limits_of(self.context["request"].user)


class RuleSerializer(StrictFields, serializers.ModelSerializer[Rule]):
    """Who, where, when and how sure; and what happens then. `sentence` reads it back."""

    person = RulePersonField(allow_null=True, required=False, help_text="A person's id.")
    watchlist = RuleWatchlistField(allow_null=True, required=False, help_text="A watchlist's id.")
    cameras = RuleCameraField(slug_field="slug", many=True, required=False, help_text="Slugs.")
    camera_groups = RuleGroupField(slug_field="name", many=True, required=False, help_text="Names of groups.")
    channels = RuleChannelField(many=True, required=False, help_text="Ids of channels that tell of it.")
    sentence = serializers.SerializerMethodField()

    class Meta:
        model = Rule
        fields = [
            "id", "name", "is_on", "off_because", "kind", "person", "watchlist", "times", "minutes", "everywhere",
            "cameras", "camera_groups", "hours", "outside_hours", "exceptions", "certainty", "looks", "severity",
            "cool_down_s", "text", "two_people", "channels", "sentence", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = ["id", "off_because", "created_at", "updated_at"]
        extra_kwargs = {"kind": {"required": True}, "is_on": {"initial": True}}

    def get_sentence(self, rule: Rule) -> str:
        return sentence(rule, self.context["request"].user)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        rule = self.instance if isinstance(self.instance, Rule) else Rule()
        columns = {
            name: attrs.get(name, getattr(rule, name)) for name in ("is_on", "kind", "person", "watchlist", "hours")
        }
        asked = Rule(**columns)
        keep_what_belongs(asked)
        if why := lacks(asked):
            raise serializers.ValidationError({"kind": why})
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Rule:
        return self._save(Rule(), validated_data)

    def update(self, instance: Rule, validated_data: dict[str, Any]) -> Rule:
        return self._save(instance, validated_data)

    def _save(self, rule: Rule, said: dict[str, Any]) -> Rule:
        is_new = rule._state.adding
        members = {name: said.pop(name, [] if is_new else list(getattr(rule, name).all())) for name in MEMBERS}
        for name, value in said.items():
            setattr(rule, name, value)
        return save_rule(rule=rule, by=self.context["request"].user, **members)


class RulePreviewSerializer(serializers.Serializer[Preview]):
    """What a rule would have raised."""

    days = serializers.IntegerField(help_text="How far it looked back.")
    alerts = serializers.IntegerField()
    is_cut = serializers.BooleanField(help_text="True: there was more than is looked at, so it is at least so many.")
    unknowable = serializers.CharField(help_text="Why it cannot be told, in a sentence; or empty.")
    sightings = serializers.SerializerMethodField()

    def get_sightings(self, found: Preview) -> list[str]:
        """Returns the ids of the newest of them."""
        return [str(row.pk) for row in found.examples]
