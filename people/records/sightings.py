"""The sightings that another app keeps of people: the only place where people reads from the layer above it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import OuterRef

from people.accounts.limits import Looker


def sightings_of_people(user: Looker) -> Any | None:
    """Returns the sightings, visible to `user`, of the person in the outer query, grouped by person.

    Returns None where no app keeps sightings: the people app also works without cameras.
    """
    if not apps.is_installed("streams"):
        return None
    sightings: Any = apps.get_model("streams", "Sighting")
    of_person = sightings.objects.within_limits_of(user).filter(person=OuterRef("pk"))
    return of_person.order_by().values("person")
