"""Reads from the environment for how long the deployment has data kept: what it says, nobody changes in the admin.

What is not set here stands in the schedule of keeping (people/records/keeping_term.py), which is the only other place.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from facesite.env import env

KINDS = {
    "SIGHTINGS_KEEP_DAYS": ("sightings_named", "sightings_strangers"),
    "SIGHTING_ENCODINGS_KEEP_DAYS": ("encodings",),
    "SEARCHES_KEEP_DAYS": ("searches",),
    "ALERTS_KEEP_DAYS": ("alerts",),
    "CASES_KEEP_DAYS": ("cases",),
    "VIDEOS_KEEP_DAYS": ("videos",),
    "AUDIT_KEEP_DAYS": ("audit",),
}
"""Which rows of the schedule each variable fixes."""
_NEVER_FOR_EVER = ("CASES_KEEP_DAYS", "VIDEOS_KEEP_DAYS")
_NONE_AT_ZERO = ("SIGHTING_ENCODINGS_KEEP_DAYS",)
# 100 years: longer is for ever, and the sum of a date and these days must still be a date.
MOST_DAYS = 36_500
LEAST_DAYS_OF_AUDIT = 90
"""As in people/records/keeping_term.py, which needs settings."""


def fixed_days() -> dict[str, int | None]:
    """Returns the days by kind of data, None for ever; only of what is set. Raises ImproperlyConfigured."""
    said = {
        "SIGHTINGS_KEEP_DAYS": env.str("SIGHTINGS_KEEP_DAYS", default=""),
        "SIGHTING_ENCODINGS_KEEP_DAYS": env.str("SIGHTING_ENCODINGS_KEEP_DAYS", default=""),
        "SEARCHES_KEEP_DAYS": env.str("SEARCHES_KEEP_DAYS", default=""),
        "ALERTS_KEEP_DAYS": env.str("ALERTS_KEEP_DAYS", default=""),
        "CASES_KEEP_DAYS": env.str("CASES_KEEP_DAYS", default=""),
        "VIDEOS_KEEP_DAYS": env.str("VIDEOS_KEEP_DAYS", default=""),
        "AUDIT_KEEP_DAYS": env.str("AUDIT_KEEP_DAYS", default=""),
    }
    return {kind: _days(name, text.strip()) for name, text in said.items() if text.strip() for kind in KINDS[name]}


def _days(name: str, text: str) -> int | None:
    least = 1 if name in _NEVER_FOR_EVER else 0
    if name == "AUDIT_KEEP_DAYS" and text.isdecimal() and 0 < int(text) < LEAST_DAYS_OF_AUDIT:
        raise ImproperlyConfigured(
            f"{name}: expected at least {LEAST_DAYS_OF_AUDIT} days, or 0 to keep it for ever: whoever asks who looked "
            "at them must be answered within three months"
        )
    if not text.isdecimal() or not least <= int(text) <= MOST_DAYS:
        at_zero = "" if least else ", or 0 to keep none" if name in _NONE_AT_ZERO else ", or 0 to keep it for ever"
        raise ImproperlyConfigured(f"{name}: expected a number of days from {least} to {MOST_DAYS}{at_zero}")
    return int(text) or (0 if name in _NONE_AT_ZERO else None)
