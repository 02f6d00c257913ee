"""Decides whether somebody may have a case's ZIP now, and writes down that they have fetched it."""

from __future__ import annotations

from typing import Any

from people.accounts.distances import reads_exact_distances
from people.base.history import log_changed
from people.records.groups import person_limits
from people.records.person import Person
from streams.cases.case import RIGHTS, Case
from streams.errors import Withdrawn
from streams.records.camera import Camera

GONE = "Its file was deleted after its time. Make the case again if you still need it."
NOT_READY = "It is not ready yet."
ERASED = "Somebody whom it names is not there any more, or is not to be seen by you, so it cannot be handed over."
CAMERAS = "It shows cameras that are not there any more, or that you may not see, so it cannot be handed over."
EXACT = "It shows exact distances, and you have no right to read them: make a case of your own."
EVERYBODY = "It was made by somebody who may see everybody, and you may not: make a case of your own."


def check_may_have(case: Case, user: Any) -> None:
    """Raises Withdrawn, with the reason, if `user` may not have the ZIP by the rights and limits that hold now."""
    if reason := why_not(case, user):
        raise Withdrawn(reason)


def why_not(case: Case, user: Any) -> str:
    """Returns why `user` may not have the ZIP now; "" if they may."""
    if not case.is_downloadable:
        return GONE if case.is_ended else NOT_READY
    if not user.has_perms(RIGHTS):
        return "You have no right to hand sightings over."
    if not _may_see_all(case.people, user):
        return ERASED
    if Camera.objects.within_limits_of(user).filter(pk__in=case.cameras).count() < len(case.cameras):
        return CAMERAS
    if case.shows_exactly and not reads_exact_distances(user):
        return EXACT
    return EVERYBODY if case.shows_everybody and person_limits(user) else ""


def log_fetched(case: Case, *, by: Any) -> None:
    log_changed(case, "Fetched the ZIP.", by=by)


def _may_see_all(people: list[str], user: Any) -> bool:
    """Returns whether everybody is still there, for `user`; who was merged meanwhile is the person who was kept."""
    known = Person.objects.known_as(people)
    there = {person.pk for person in known.values()}
    shown = Person.objects.within_limits_of(user).filter(pk__in=there)
    return len(known) == len(people) and shown.count() == len(there)
