"""Services that save people and watchlists: each function is one transaction with at most one log entry."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction

from people.base.doorbells import ring_gallery, ring_viewers
from people.base.history import Actor, changed_in_words, log_added, log_changed
from people.base.names import composed
from people.editing.members import put_within_limits, set_members
from people.errors import NameTaken, WantsTwo, WrongState
from people.records.groups import PersonGroup
from people.records.holding import hold_name
from people.records.person import Person
from people.records.watchlist import Watchlist

logger = logging.getLogger(__name__)

DECIDED_ELSEWHERE = ("retired_at", "never_match_at", "created_at")
"""Columns that no edit of a person changes: a copy that was read a moment ago must not put them back."""


@transaction.atomic
def save_person(*, person: Person, by: Actor, same_name: bool = True) -> Person:
    """Saves a new or changed person, already validated.

    It leaves it as it is whether a person is retired or never matched. Raises WrongState if they were deleted
    meanwhile, and NameTaken, unless `same_name`, if the name is new to the person and somebody whom `by` may see has
    it.
    """
    person.name = composed(person.name)
    if not same_name and (namesake := namesake_of(person, name=person.name, external_id=person.external_id, by=by)):
        raise NameTaken(namesake)
    if person._state.adding:
        person.save(force_insert=True)
        put_within_limits(person=person, by=by)
        log_added(person, by=by)
        return person
    before = Person.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
    if before is None:
        raise WrongState("This person does not exist any more.")
    for column in DECIDED_ELSEWHERE:
        setattr(person, column, getattr(before, column))
    person.save(force_update=True)  # nobody else changes the row before the end of this transaction
    if before.name != person.name:
        ring_gallery()  # cameras draw the name
    if words := changed_in_words(before, person):
        log_changed(person, words, by=by)
    return person


def namesake_of(person: Person, *, name: str, external_id: str | None, by: Actor) -> Person | None:
    """Returns somebody else who has the `name` that `person` is to get, if `by` may see them; the oldest of several.

    Nobody if the name stays as it is, or if ids in another system tell the two apart. Until the transaction ends
    nobody else can look for people of this name to add one.
    """
    if not person._state.adding and Person.objects.called(name).filter(pk=person.pk).exists():
        return None
    hold_name(name)
    others = Person.objects.visible_to(by) if by else Person.objects.all()
    others = others.called(name).exclude(pk=person.pk)
    if external_id:
        others = others.filter(external_id=None)
    return others.order_by("created_at", "id").first()


@transaction.atomic
def put_on_watchlists(*, person: Person, watchlists: Iterable[Watchlist], by: Actor) -> None:
    """Puts a person on these watchlists and takes them off all others.

    Raises WantsTwo if the person would come to a list that asks for two people.
    """
    before = set(person.watchlists.values_list("pk", flat=True))
    chosen = list(watchlists)
    for coming in chosen:
        if coming.two_people and coming.pk not in before:
            raise WantsTwo(coming)
    person.watchlists.set(chosen)
    if before != set(person.watchlists.values_list("pk", flat=True)):
        log_changed(person, "Changed watchlists.", by=by)


@transaction.atomic
def put_in_groups(*, person: Person, groups: Iterable[PersonGroup], by: Actor) -> None:
    """Puts a person into these groups and no others; users limited to one of these groups see the person."""
    before = set(person.groups.values_list("pk", flat=True))
    person.groups.set(groups)
    if before != set(person.groups.values_list("pk", flat=True)):
        ring_gallery()
        ring_viewers()
        log_changed(person, "Changed groups.", by=by)


@transaction.atomic
def save_watchlist(*, watchlist: Watchlist, people: Collection[UUID] | None = None, by: Actor) -> Watchlist:
    """Saves a new or changed watchlist; `people`, if given, replace all members who exist for `by`.

    Whoever is on it when it begins to ask for two people stays. Raises WantsTwo if one person alone was to decide
    again, or somebody would come to a list that asked for two.
    """
    adding = watchlist._state.adding
    before = None if adding else Watchlist.objects.select_for_update().get(pk=watchlist.pk)
    if before and before.two_people and not watchlist.two_people:
        raise WantsTwo(before)
    wants_two, watchlist.two_people = watchlist.two_people, bool(before and before.two_people)
    watchlist.save()
    changed = people is not None and set_members(watchlist=watchlist, people=people, by=by)
    if wants_two and not watchlist.two_people:
        watchlist.two_people = True
        watchlist.save(update_fields=["two_people"])
    if before is None:
        log_added(watchlist, by=by)
    elif words := changed_in_words(before, watchlist, *(["people"] if changed else [])):
        log_changed(watchlist, words, by=by)
    return watchlist
