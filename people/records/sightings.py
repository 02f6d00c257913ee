"""The sightings that another app keeps of people: the one place where people asks for what lies above it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import OuterRef

from people.accounts.limits import Looker


def sightings_of_people(user: Looker) -> Any | None:
    """Sightings of the person of the outer query that exist for `user`, grouped by person.

    Returns None where no app keeps sightings: people can be used without cameras.
    """
    if not apps.is_installed("streams"):
        return None
    sightings: Any = apps.get_model("streams", "Sighting")
    of_person = sightings.objects.within_limits_of(user).filter(person=OuterRef("pk"))
    return of_person.order_by().values("person")
