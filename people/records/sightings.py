"""The sightings that another app keeps of people: the only place where people reads from the layer above it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import OuterRef

from people.accounts.limits import Looker


def all_sightings() -> Any | None:
    """Returns the manager of sightings, or None where no app keeps them: people can be used without cameras."""
    return apps.get_model("streams", "Sighting").objects if apps.is_installed("streams") else None


def sightings_of_people(user: Looker) -> Any | None:
    """Returns the sightings of the person of the outer query that exist for `user`, by person; or None."""
    sightings = all_sightings()
    if sightings is None:
        return None
    return sightings.within_limits_of(user).filter(person=OuterRef("pk")).order_by().values("person")
