"""Whether this site has the network for the hint at held pictures, and which cameras ask for it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from people.accounts.limits import Looker
from people.recognition.liveness.published import is_installed
from streams.records.camera import Camera, CameraQuerySet

NOT_INSTALLED = "The network for this hint is not installed: manage.py fetch_liveness says what it is, and fetches it."


def liveness_folder() -> Path:
    return Path(settings.MODEL_CACHE)


def is_liveness_installed() -> bool:
    return is_installed(liveness_folder())


def hinting_cameras(user: Looker = None) -> CameraQuerySet:
    """Returns the cameras that hint at held pictures, within the limits of `user`."""
    return Camera.objects.within_limits_of(user).filter(liveness_hint=True)
