"""A file that a worker's event loop touches; the liveness probe checks only its age."""

from pathlib import Path

from django.conf import settings


def sign_of_life() -> None:
    """Touches ALIVE_FILE, if it is set."""
    if settings.ALIVE_FILE:
        Path(settings.ALIVE_FILE).touch()
