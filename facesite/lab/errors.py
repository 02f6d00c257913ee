"""What can go wrong in the lab."""

from __future__ import annotations


class ClipNotMade(Exception):
    """OpenCV could not write the clip."""


class NotInstalled(Exception):
    """A wheel with a server is missing here (they are not in the container image)."""


class MeasurementFailed(Exception):
    """What was to be measured did not happen; `str()` of it says what."""
