"""The filters by which people look back, of the page, the API and the search by face alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import django_filters
from django.utils import timezone

from streams.records.camera import Camera
from streams.records.sighting import Sighting, SightingQuerySet, earliest_begin
from streams.sightings.moments import HoursOfDays, Preset, Weekday

LONGEST_DAYS = 2000
"""Beyond so many days a list is read as any other."""
AHEAD = timedelta(days=1)
"""More than any worker's clock is ahead of this one's."""


class LookingBack(django_filters.FilterSet):
    """Times of a day and days of the week count by when a sighting began, in the site's time zone."""

    when = django_filters.ChoiceFilter(
        choices=Preset.choices, method="in_preset", label="When", empty_label="Any time",
        help_text="In the site's time zone; a week begins on Monday.",
    )  # fmt: skip
    time_from = django_filters.TimeFilter(
        method="with_others", label="Time of day from", help_text="Time of day when they began, such as 18:00."
    )
    time_to = django_filters.TimeFilter(
        method="with_others", label="Time of day to",
        help_text="Up to this time of day; if it is earlier than `time_from`, of the next day.",
    )  # fmt: skip
    day = django_filters.MultipleChoiceFilter(
        choices=Weekday.choices, distinct=False, method="with_others", label="Days of the week",
        help_text="Day of the week on which they began; the hours after midnight belong to the day before if "
        "`time_from` is later than `time_to`. Repeat for several.",
    )  # fmt: skip

    class Meta:
        model = Sighting
        fields: list[str] = []

    def in_preset(self, rows: SightingQuerySet, name: str, preset: str) -> SightingQuerySet:
        since, until = Preset(preset).span(timezone.now())
        return rows.seen_since(since).begun_before(until)

    def by_cameras(self, rows: SightingQuerySet, name: str, cameras: Iterable[Camera]) -> SightingQuerySet:
        chosen = [camera.pk for camera in cameras]
        return rows.filter(camera__in=chosen) if chosen else rows

    def with_others(self, rows: Any, name: str, value: Any) -> Any:
        """Changes nothing: hours and days only mean something together (filter_queryset)."""
        return rows

    def filter_queryset(self, queryset: Any) -> Any:
        rows = super().filter_queryset(queryset)
        hours = self._hours()
        if hours.is_always:
            return rows
        found = rows.filter(hours.contain("first_seen_at"))
        found.spans = self._spans(hours)
        return found

    def _hours(self) -> HoursOfDays:
        asked = self.form.cleaned_data
        days = frozenset(Weekday.values.index(day) for day in asked.get("day") or ())
        return HoursOfDays.of(asked.get("time_from"), asked.get("time_to"), days)

    def _spans(self, hours: HoursOfDays) -> Any:
        """Returns where to look, or None if that is everywhere."""
        since, until = self.bounds()
        oldest = Sighting.objects.order_by("first_seen_at").values_list("first_seen_at", flat=True)[:1]
        begin = earliest_begin(since) if since else next(iter(oldest), until)
        return hours.spans(begin, until) if (until - begin).days <= LONGEST_DAYS else None

    def bounds(self) -> tuple[datetime | None, datetime]:
        """Returns from when (None: ever since) and until when sightings are asked for."""
        asked, now = self.form.cleaned_data, timezone.now()
        preset = Preset(asked["when"]).span(now) if asked.get("when") else (None, now)
        since, until = self.asked_bounds()
        froms = [each for each in (preset[0], since) if each]
        return max(froms, default=None), min(each for each in (preset[1], until, now + AHEAD) if each)

    def asked_bounds(self) -> tuple[datetime | None, datetime | None]:
        """Returns the bounds by the filters of a subclass."""
        raise NotImplementedError
