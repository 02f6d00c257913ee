"""Restores what an edit changed of strangers and people, when it is undone; the ledger restores the sightings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from people.base.history import Actor
from people.editing.services import delete_photos, retire_person
from people.records.person import Person
from people.records.photo import Photo
from streams.correcting.undoing import restores
from streams.errors import CannotUndo
from streams.records.identity_edit import IdentityEdit
from streams.records.states import EditKind, StrangerState
from streams.records.stranger import Stranger
from streams.strangers.differences import put_together
from streams.strangers.recounting import remember
from streams.strangers.turns import wait_for_our_turn


@restores(EditKind.NAME)
def unname(edit: IdentityEdit, by: Actor) -> Mapping[str, Any]:
    """Opens the stranger again, and retires the person, who may have been recognised since.

    Whoever was merged into somebody else since is not retired with them: only the stranger's photos are taken out.
    """
    _open(edit)
    if Person.objects.filter(pk__in=_people_of(edit) - {edit.person}).exists():
        return _without_photos(edit, by)
    person = Person.objects.active().filter(pk__in=[edit.person]).first()
    if person is None:
        return {}
    retire_person(person=person, by=by)
    # Without the name: the ledger outlasts the person.
    return {"note": "The new person is retired and is not recognised any more; delete them if nothing is to stay."}


@restores(EditKind.IS_SOMEBODY)
def take_back_who(edit: IdentityEdit, by: Actor) -> Mapping[str, Any]:
    """Opens the stranger again, and deletes the photos that came from them.

    One that somebody has moved to another person since stays: they have said whom it shows.
    """
    _open(edit)
    return _without_photos(edit, by)


@restores(EditKind.JOIN)
def part_again(edit: IdentityEdit, by: Actor) -> Mapping[str, Any]:
    """Opens the stranger again who was joined with another."""
    wait_for_our_turn()
    if not Stranger.objects.filter(pk__in=[edit.stranger]).exists():
        raise CannotUndo("The stranger who was joined has been forgotten since.")
    joined = Stranger.objects.filter(pk__in=[edit.stranger], state=StrangerState.JOINED, into=edit.other_stranger)
    joined.update(state=_state_before(edit), into=None)
    if edit.other_stranger:
        put_together(edit.other_stranger, map(UUID, edit.detail.get("apart", ())))
    return {}


@restores(EditKind.SPLIT)
def mend(edit: IdentityEdit, by: Actor) -> Mapping[str, Any]:
    """Forgets that the two are different; the part is left without sightings, and goes with the next daily job."""
    wait_for_our_turn()
    if not Stranger.objects.filter(pk__in=[edit.stranger]).exists():
        raise CannotUndo("The stranger who was split has been forgotten since.")
    _forget_difference(edit)
    return {}


@restores(EditKind.DIFFERENT)
def forget_difference(edit: IdentityEdit, by: Actor) -> Mapping[str, Any]:
    if edit.detail.get("is_new"):
        _forget_difference(edit)
    return {}


@restores(EditKind.IGNORE)
def stop_ignoring(edit: IdentityEdit, by: Actor) -> Mapping[str, Any]:
    return _back_to(edit, StrangerState.IGNORED, StrangerState.OPEN)


@restores(EditKind.UNIGNORE)
def ignore_again(edit: IdentityEdit, by: Actor) -> Mapping[str, Any]:
    return _back_to(edit, StrangerState.OPEN, StrangerState.IGNORED)


def _back_to(edit: IdentityEdit, now: StrangerState, before: StrangerState) -> Mapping[str, Any]:
    wait_for_our_turn()
    was = edit.detail.get("was", before)
    if not Stranger.objects.filter(pk=_part(edit), state=now).update(state=was):
        raise CannotUndo("The stranger has been named, joined with another or forgotten since.")
    return {}


def _open(edit: IdentityEdit) -> None:
    """Opens the named stranger; the sightings get theirs back afterwards, and with them comes the mean."""
    wait_for_our_turn()
    rows = Stranger.objects.filter(pk=_part(edit), state=StrangerState.NAMED, person__in=_people_of(edit))
    for stranger in rows.select_for_update(of=("self",)):
        stranger.state, stranger.person = _state_before(edit), None
        stranger.save(update_fields=["state", "person"])
        remember(stranger)


def _state_before(edit: IdentityEdit) -> StrangerState:
    """Returns open, or ignored if the stranger was that before the edit."""
    return StrangerState(edit.detail.get("was", StrangerState.OPEN))


def _people_of(edit: IdentityEdit) -> set[Any]:
    """Returns the id of the person whom the edit names, and of the one into whom they were merged since."""
    kept = Person.objects.known_as([str(edit.person)]).values()
    return {edit.person, *(person.pk for person in kept)}


def _without_photos(edit: IdentityEdit, by: Actor) -> Mapping[str, Any]:
    photos = Photo.objects.filter(pk__in=edit.detail.get("photos", ()), person__in=_people_of(edit))
    number = delete_photos(photos=photos, by=by)
    return {"note": f"{number} photos that came from the stranger were deleted."} if number else {}


def _part(edit: IdentityEdit) -> Any:
    """Returns the id of the stranger whose state the edit changed: its own part, if the editor was limited."""
    return edit.detail.get("part") or edit.stranger


def _forget_difference(edit: IdentityEdit) -> None:
    if edit.stranger and edit.other_stranger:
        put_together(edit.stranger, [edit.other_stranger])
