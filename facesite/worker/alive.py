"""A file whose age says whether a worker's event loop still turns: all that its liveness probe looks at."""

from pathlib import Path

from django.conf import settings


def sign_of_life() -> None:
    """Touch ALIVE_FILE, where one is set."""
    if settings.ALIVE_FILE:
        Path(settings.ALIVE_FILE).touch()
