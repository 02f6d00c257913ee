"""Filters of strangers, for the inbox and the API: what became of them, by which cameras, and when they were seen."""

from __future__ import annotations

from datetime import date, datetime, time

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from streams.records.camera import Camera
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import StrangerState
from streams.records.stranger import Stranger, StrangerQuerySet
from streams.sightings.filters import MomentFilter, cameras_for

ORDERS = (("newest", "Newest first"), ("most_seen", "Most seen first"))
FEW = 10_000
"""Sightings of strangers by one camera: so many are read, and their strangers put in order, in about 20 ms."""
STATES = (("open", "Open"), ("ignored", "Ignored"), ("named", "Named"))


class StrangerFilterBase(django_filters.FilterSet):
    """Camera and times hold for one and the same sighting: "by the side door on Tuesday"."""

    class Meta:
        model = Stranger
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Stranger]) -> QuerySet[Stranger]:
        rows: QuerySet[Stranger] = super().filter_queryset(queryset)
        chosen = self.form.cleaned_data
        camera, since, until = chosen.get("camera"), self.moment("since"), self.moment("until")
        if since:  # what the columns of the row exclude costs no look at sightings
            rows = rows.filter(last_seen_at__gte=since)
        if until:
            rows = rows.filter(first_seen_at__lt=until)
        if not (camera or since or until):
            return rows
        user = self.request.user if self.request else None
        seen = Sighting.objects.within_limits_of(user).filter(stranger__isnull=False).order_by()
        seen = seen.filter(last_seen_at__gte=since) if since else seen
        seen = seen.filter(first_seen_at__lt=until) if until else seen
        return rows.filter(_seen_by(camera, seen) if camera else Exists(seen.filter(stranger=OuterRef("pk"))))

    def moment(self, name: str) -> datetime | None:
        """Returns what was chosen as `name`, "since" or "until", as a moment."""
        raise NotImplementedError

    def nothing(self, rows: StrangerQuerySet, name: str, value: object) -> StrangerQuerySet:
        """Leaves it to filter_queryset."""
        return rows


def _seen_by(camera: Camera, seen: SightingQuerySet) -> Q | Exists:
    """Returns the condition for strangers of whom `camera` made one of the sightings `seen`.

    Of a camera that saw few, these few are read and put in order. Otherwise Postgres goes through all strangers in
    order and asks of each; that ends soon, unless the camera saw many, and all of them long ago.
    """
    of_strangers = Sighting.objects.filter(camera=camera, stranger__isnull=False).order_by()
    seen = seen.filter(camera=camera)
    if of_strangers[: FEW + 1].count() <= FEW:  # from an index alone
        # The limit, which cuts nothing, keeps Postgres from turning it into the other.
        return Q(pk__in=seen.values("stranger")[:FEW])
    return Exists(seen.filter(stranger=OuterRef("pk")))


class InboxFilter(StrangerFilterBase):
    camera = django_filters.ModelChoiceFilter(
        queryset=cameras_for, to_field_name="slug", label="Camera", empty_label="All", method="nothing"
    )
    since = django_filters.DateFilter(method="nothing", label="Seen from day", widget=forms.DateInput({"type": "date"}))
    until = django_filters.DateFilter(method="nothing", label="Seen to day", widget=forms.DateInput({"type": "date"}))
    state = django_filters.ChoiceFilter(
        choices=STATES, label="Which", empty_label=None, null_label=None, method="in_state", required=False
    )
    order = django_filters.ChoiceFilter(choices=ORDERS, label="Order", empty_label=None, method="nothing")

    def in_state(self, rows: StrangerQuerySet, name: str, value: str) -> StrangerQuerySet:
        return rows.filter(state=value)

    def moment(self, name: str) -> datetime | None:
        day: date | None = self.form.cleaned_data.get(name)
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day, time.min if name == "since" else time.max))


class StrangerApiFilter(StrangerFilterBase):
    number = django_filters.NumberFilter(help_text="“Stranger 12” has the number 12.", min_value=1, max_value=2**31 - 1)
    state = django_filters.MultipleChoiceFilter(
        choices=StrangerState.choices, distinct=False, help_text="Repeat for several. By default all but joined ones."
    )
    camera = django_filters.ModelChoiceFilter(
        queryset=cameras_for, to_field_name="slug", method="nothing", help_text="Strangers whom this camera saw."
    )
    seen_after = MomentFilter(method="nothing", help_text="Strangers with a sighting that had not ended by then.")
    seen_before = MomentFilter(method="nothing", help_text="Strangers with a sighting that began before.")

    def filter_queryset(self, queryset: QuerySet[Stranger]) -> QuerySet[Stranger]:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.exclude(state=StrangerState.JOINED)

    def moment(self, name: str) -> datetime | None:
        found: datetime | None = self.form.cleaned_data.get("seen_after" if name == "since" else "seen_before")
        return found
