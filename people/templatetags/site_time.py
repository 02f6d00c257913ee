"""Times in the site's zone, with its name: settings.py makes them builtins of every template."""

import json
from datetime import datetime

from django import template
from django.utils import timezone

from people.base import site_time

register = template.Library()


@register.filter(expects_localtime=True)
def time_words(moment: datetime | None) -> str:
    """Such as "30 Nov 2026, 14:03:22 CET"; "" for none.

    Not by the filter `date`, which leaves the zone out in the hour that comes twice when clocks are put back.
    """
    return site_time.time_words(moment) if moment else ""


@register.filter(expects_localtime=True)
def day_words(moment: datetime | None) -> str:
    """Such as "30 Nov 2026"; "" for none."""
    return site_time.day_words(moment) if moment else ""


@register.filter(expects_localtime=True)
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
