"""Finds and locks the strangers of an edit, within the limits of whoever makes it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from people.base.history import Actor
from streams.errors import StrangerHasChanged, StrangerIsGone
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import StrangerState
from streams.records.stranger import Stranger
from streams.strangers.joining import next_number
from streams.strangers.turns import wait_for_our_turn

LIVING = (StrangerState.OPEN, StrangerState.IGNORED)


def hold_strangers(*strangers: UUID, by: Actor) -> list[Stranger]:
    """Locks these strangers until the transaction ends, in the order given; the joiner waits meanwhile.

    Raises StrangerIsGone for one whom `by` may not see or of whom no sighting is left, and StrangerHasChanged for one
    who was named or joined with another, or whose sightings a worker is still moving.
    """
    wait_for_our_turn()
    rows = Stranger.objects.filter(pk__in=strangers).select_related("person", "into")
    held = {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))}
    shown = set(Stranger.objects.within_limits_of(by).filter(pk__in=held).values_list("pk", flat=True))
    found = [_checked(held.get(each), by, is_shown=each in shown) for each in strangers]
    _check_nothing_moves(found)
    return found


def sightings_of(stranger: Stranger, by: Actor) -> SightingQuerySet:
    """Returns the sightings of `stranger` that `by` may see."""
    return Sighting.objects.within_limits_of(by).filter(stranger=stranger)


def is_whole(stranger: Stranger, by: Actor) -> bool:
    """Returns whether `by` may see all sightings of `stranger`."""
    return sightings_of(stranger, by).count() == Sighting.objects.filter(stranger=stranger).count()


def own_part(stranger: Stranger, by: Actor) -> Stranger:
    """Returns `stranger`, or a new one for the part that `by` may see, if others saw them, too.

    Nobody names or joins what they may not see. The sightings are still to be moved.
    """
    return stranger if is_whole(stranger, by) else another_like(stranger)


def another_like(stranger: Stranger) -> Stranger:
    """Returns a new stranger with a number, for some of the sightings of `stranger`."""
    times = {"first_seen_at": stranger.first_seen_at, "last_seen_at": stranger.last_seen_at}
    return Stranger.objects.create(number=next_number(), **times)


def _check_nothing_moves(strangers: list[Stranger]) -> None:
    """Raises StrangerHasChanged while a long edit goes on: what it moves later would miss what is said now."""
    ids = [stranger.pk for stranger in strangers]
    working = IdentityEdit.objects.working().filter(Q(stranger__in=ids) | Q(other_stranger__in=ids))
    if edit := working.order_by("pk").first():
        moved = next(each for each in strangers if each.pk in (edit.stranger, edit.other_stranger))
        raise StrangerHasChanged(f"Sightings of {moved} are still being moved, for {edit.who}. Wait until that is done")


def _checked(stranger: Stranger | None, by: Actor, *, is_shown: bool) -> Stranger:
    if stranger is None or not is_shown:
        raise StrangerIsGone
    if stranger.state == StrangerState.NAMED:
        raise StrangerHasChanged(f"{stranger} is {stranger.person} now")
    if stranger.state == StrangerState.JOINED:
        raise StrangerHasChanged(f"{stranger} was joined with {stranger.into}")
    if not sightings_of(stranger, by).exists():
        raise StrangerIsGone
    return stranger
