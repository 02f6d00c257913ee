"""A moment that a caller sends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers


class SentMoment(serializers.DateTimeField):
    """Reads a time, of the site's zone if it names none, and converts it to UTC.

    DRF takes the last hours of the year 9999 and the first of the year 1, which in UTC no longer are in Python's
    calendar.
    """

    def to_internal_value(self, value: Any) -> datetime:
        try:
            return super().to_internal_value(value).astimezone(UTC)
        except OverflowError:
            self.fail("overflow")
