"""Filters of the API's lists of cameras, sightings, detections and identity edits."""

from datetime import UTC, datetime
from decimal import Decimal

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django_filters.fields import IsoDateTimeField

from people.api.filters import watchlists_for
from streams.records.camera import Camera
from streams.records.detection import Detection, DetectionQuerySet
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import CameraRole, CameraStateName, EditKind, StoredVerdict
from streams.sightings.looking_back import LookingBack


class MomentField(IsoDateTimeField):
    """Reads a time and converts it to UTC.

    Postgres refuses offsets of more than 16 hours, and Python raises OverflowError for times beyond its calendar.
    """

    def to_python(self, value: object) -> datetime | None:
        try:
            moment: datetime | None = super().to_python(value)
            return moment and moment.astimezone(UTC)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(django_filters.IsoDateTimeFilter):
    field_class = MomentField


def cameras_for(request: HttpRequest | None) -> QuerySet[Camera]:
    """Returns the cameras whose pictures the caller may see."""
    return Camera.objects.none() if request is None else Camera.objects.visible_to(request.user)


class CameraFilter(django_filters.FilterSet):
    search = django_filters.CharFilter("name", "icontains", max_length=200, help_text="Part of the name.")
    enabled = django_filters.BooleanFilter()
    state = django_filters.MultipleChoiceFilter(
        "status__state",
        choices=CameraStateName.choices,
        distinct=False,
        help_text="As last reported. Repeat for several.",
    )
    role = django_filters.MultipleChoiceFilter(
        choices=CameraRole.choices, distinct=False, help_text="What it is for. Repeat for several."
    )

    class Meta:
        model = Camera
        fields: list[str] = []


class SightingApiFilter(LookingBack):
    camera = django_filters.ModelMultipleChoiceFilter(
        method="by_cameras",
        queryset=cameras_for,
        to_field_name="slug",
        distinct=False,
        help_text="A camera's slug. Repeat the parameter for several.",
    )
    person = django_filters.UUIDFilter("person_id")
    watchlist = django_filters.ModelChoiceFilter(
        "person__watchlists", queryset=watchlists_for, help_text="Sightings of the people on it."
    )
    verdict = django_filters.MultipleChoiceFilter(
        choices=StoredVerdict.choices, distinct=False, help_text="Repeat the parameter for several."
    )
    look_closer = django_filters.BooleanFilter(
        help_text="Sightings whose face may be a picture held before the camera (true), or all others (false)."
    )
    seen_after = MomentFilter(method="not_over", help_text="Sightings that had not ended by then.")
    seen_before = MomentFilter("first_seen_at", "lt", help_text="Sightings that began before.")
    open = django_filters.BooleanFilter("ended_at", "isnull", help_text="Sightings that have not ended.")
    closer_than = django_filters.NumberFilter(
        method="nearer", min_value=0, max_value=2, help_text="Distance to the nearest person, 0 to 2, as you read it."
    )

    class Meta:
        model = Sighting
        fields: list[str] = []

    def not_over(self, rows: SightingQuerySet, name: str, moment: datetime) -> SightingQuerySet:
        return rows.seen_since(moment)

    def nearer(self, rows: SightingQuerySet, name: str, distance: Decimal) -> SightingQuerySet:
        """Filters by the distance as the caller reads it, among rows whose distance the caller may read."""
        return rows.closer_than(float(distance), self.request.user)

    def asked_bounds(self) -> tuple[datetime | None, datetime | None]:
        asked = self.form.cleaned_data
        return asked.get("seen_after"), asked.get("seen_before")


class DetectionFilter(django_filters.FilterSet):
    sighting = django_filters.UUIDFilter("sighting_id")
    camera = django_filters.ModelChoiceFilter(
        "sighting__camera", queryset=cameras_for, to_field_name="slug", help_text="A camera's slug."
    )
    person = django_filters.UUIDFilter("sighting__person_id", help_text="The person of the sighting.")
    watchlist = django_filters.ModelChoiceFilter("sighting__person__watchlists", queryset=watchlists_for)
    verdict = django_filters.MultipleChoiceFilter(
        choices=StoredVerdict.choices, distinct=False, help_text="Repeat the parameter for several."
    )
    closer_than = django_filters.NumberFilter(
        method="nearer", min_value=0, max_value=2, help_text="Distance to the nearest person, 0 to 2, as you read it."
    )
    captured_after = MomentFilter("captured_at", "gte")
    captured_before = MomentFilter("captured_at", "lt")

    class Meta:
        model = Detection
        fields: list[str] = []

    def nearer(self, rows: DetectionQuerySet, name: str, distance: Decimal) -> DetectionQuerySet:
        """Filters by the distance as the caller reads it, among rows whose distance the caller may read."""
        return rows.closer_than(float(distance), self.request.user)


class EditFilter(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(
        choices=EditKind.choices, distinct=False, help_text="Repeat the parameter for several."
    )
    person = django_filters.UUIDFilter("person")
    sighting = django_filters.UUIDFilter("sightings__sighting", help_text="Edits that changed this sighting.")
    made_after = MomentFilter("at", "gte")
    made_before = MomentFilter("at", "lt")

    class Meta:
        model = IdentityEdit
        fields: list[str] = []
