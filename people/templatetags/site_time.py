"""Times in the site's zone, with its name: settings.py makes them builtins of every template."""

import json
from datetime import UTC, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html

from people.base import site_time

register = template.Library()


@register.filter
def time_words(moment: datetime | None) -> str:
    """Such as "30 Nov 2026, 14:03:22 CET"; "" for none.

    Not by the filter `date`, which leaves the zone out in the hour that comes twice when clocks are put back.
    """
    return site_time.time_words(moment) if moment else ""


@register.filter
def time_element(moment: datetime | None) -> str:
    """Returns `<time datetime="2026-11-30T13:03:22+00:00">30 Nov 2026, 14:03:22 CET</time>`; "" for none."""
    if not moment:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', moment.astimezone(UTC).isoformat(), site_time.time_words(moment)
    )


@register.filter
def day_words(moment: datetime | None) -> str:
    """Such as "30 Nov 2026"; "" for none."""
    return site_time.day_words(moment) if moment else ""


@register.filter
def clock_words(moment: datetime | None) -> str:
    """Such as "14:03:22 CET", beside its day; "" for none."""
    return site_time.clock_words(moment) if moment else ""


@register.simple_tag
def zone_name() -> str:
    """The site's time zone, such as "Europe/Berlin"."""
    return site_time.zone_name()


@register.simple_tag
def zone_names() -> str:
    """Its short names by offset as JSON, for clock.js."""
    return json.dumps(site_time.names_by_offset(timezone.now()))
