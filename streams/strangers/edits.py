"""What people say about strangers. Each is one transaction with one row in the ledger, and can be undone but one.

Whoever is limited to some cameras edits the part of a stranger that they may see: it becomes a stranger of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from people.base.history import Actor
from people.editing.person_services import save_person
from people.gallery import counter_examples
from people.records.holding import hold
from people.records.person import Person
from streams.correcting.ledger import put, put_all_of, record
from streams.errors import (
    NoSuchPerson,
    NothingToSplit,
    NotTheirSightings,
    PersonIsNeverMatched,
    PersonIsRetired,
    SameStranger,
)
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting_encoding import SightingEncoding
from streams.records.states import EditKind, StoredVerdict, StrangerState
from streams.records.stranger import Stranger
from streams.strangers.differences import different_from, forget_wrong_offers, set_apart
from streams.strangers.holding import another_like, hold_strangers, is_whole, own_part, sightings_of
from streams.strangers.just_named import name_in_view, sees_all
from streams.strangers.pictures import ChosenPictures
from streams.strangers.recounting import recount, remember


def name_stranger(
    *, stranger: UUID, name: str, pictures: ChosenPictures, by: Actor, page: str, same_name: bool = True
) -> IdentityEdit:
    """Makes a person of `stranger` with the chosen pictures as photos, which are enrolled like any other.

    Raises StrangerIsGone, StrangerHasChanged, BadUpload for a picture that cannot be a photo, and NameTaken, unless
    `same_name`, if somebody whom `by` may see has the name.
    """
    with transaction.atomic():
        (held,) = hold_strangers(stranger, by=by)
        person = save_person(person=Person(name=name), by=by, same_name=same_name)
        return _say_who(EditKind.NAME, held, person, pictures, by, page)


def say_who(*, stranger: UUID, person: UUID, pictures: ChosenPictures, by: Actor, page: str) -> IdentityEdit:
    """Says that `stranger` is somebody enrolled, a merged person's id included; chosen pictures become photos.

    Raises StrangerIsGone, StrangerHasChanged, NoSuchPerson, PersonIsRetired, and BadUpload.
    """
    with transaction.atomic():
        (held,) = hold_strangers(stranger, by=by)
        known = Person.objects.known_as([str(person)]).get(str(person))
        if known is None or not Person.objects.within_limits_of(by).filter(pk=known.pk).exists():
            raise NoSuchPerson
        if not hold([known.pk]):
            raise NoSuchPerson
        if known.is_retired:
            raise PersonIsRetired(known.name)
        if known.is_never_matched:
            raise PersonIsNeverMatched(known.name)
        return _say_who(EditKind.IS_SOMEBODY, held, known, pictures, by, page)


def join_strangers(*, stranger: UUID, other: UUID, by: Actor, page: str) -> IdentityEdit:
    """Makes `stranger` part of `other`, who keeps number and state. Raises SameStranger and those of hold_strangers."""
    if stranger == other:
        raise SameStranger
    with transaction.atomic():
        held, kept = hold_strangers(stranger, other, by=by)
        edit = record(
            EditKind.JOIN, by=by, page=page, stranger=held.pk, other_stranger=kept.pk, detail=_as_it_was(held)
        )
        if is_whole(held, by):
            put_all_of(edit, held, stranger=kept)
            _become(held, StrangerState.JOINED, into=kept)
        else:
            edit.detail["apart"] = [str(each) for each in set_apart(kept.pk, different_from(held.pk))]
            edit.save(update_fields=["detail"])
            put(edit, sightings_of(held, by), stranger=kept)
        _forget_offers(held.pk, kept.pk)
        forget_wrong_offers(kept.pk)
        return edit


def tell_apart(*, stranger: UUID, other: UUID, by: Actor, page: str) -> IdentityEdit:
    """Remembers that two strangers are two people: nobody is asked again, and nothing joins them."""
    if stranger == other:
        raise SameStranger
    with transaction.atomic():
        hold_strangers(stranger, other, by=by)
        edit = record(EditKind.DIFFERENT, by=by, page=page, stranger=stranger, other_stranger=other)
        edit.detail = {"is_new": bool(set_apart(stranger, [other]))}
        edit.save(update_fields=["detail"])
        _forget_offers(stranger, other)
        return edit


def split_stranger(*, stranger: UUID, sightings: Collection[UUID], by: Actor, page: str) -> IdentityEdit:
    """Makes another stranger of some sightings; the two count as different from then on.

    The new one is `other_stranger` of the edit. Raises NothingToSplit and NotTheirSightings.
    """
    with transaction.atomic():
        (held,) = hold_strangers(stranger, by=by)
        rows = sightings_of(held, by)
        chosen = rows.filter(pk__in=sightings)
        if chosen.count() != len(set(sightings)):
            raise NotTheirSightings("sightings")
        if not sightings or chosen.count() == rows.count():
            raise NothingToSplit
        other = another_like(held)
        edit = record(EditKind.SPLIT, by=by, page=page, stranger=held.pk, other_stranger=other.pk)
        put(edit, chosen, stranger=other)
        set_apart(other.pk, [held.pk])
        return edit


def ignore_stranger(*, stranger: UUID, ignore: bool, by: Actor, page: str) -> IdentityEdit:
    """Folds a stranger away, who is still recognised, or (`ignore` false) takes that back."""
    with transaction.atomic():
        (held,) = hold_strangers(stranger, by=by)
        edit = record(EditKind.IGNORE if ignore else EditKind.UNIGNORE, by=by, page=page, stranger=held.pk)
        part = own_part(held, by)
        edit.detail = {"was": str(held.state)}
        if part != held:
            edit.detail["part"] = str(part.pk)
            set_apart(part.pk, different_from(held.pk))
            put(edit, sightings_of(held, by), stranger=part)
        edit.save(update_fields=["detail"])
        _become(part, StrangerState.IGNORED if ignore else StrangerState.OPEN)
        remember(part)
        return edit


def forget_stranger(*, stranger: UUID, by: Actor, page: str) -> IdentityEdit:
    """Deletes everything by which a stranger would be recognised, and their card; the sightings stay. For good.

    Counter-examples made of them go, too: they are the stranger's encodings. Somebody's name may then come back.
    """
    with transaction.atomic():
        (held,) = hold_strangers(stranger, by=by)
        edit = record(EditKind.FORGET, by=by, page=page, stranger=held.pk)
        whole, rows = is_whole(held, by), sightings_of(held, by)
        edit.total = edit.changed = rows.count()
        edit.save(update_fields=["total", "changed"])
        counter_examples.remove(sightings=rows.values_list("pk", flat=True))
        SightingEncoding.objects.filter(sighting__in=rows.values("pk")).delete()
        if whole:
            held.delete()
        else:
            rows.update(stranger=None)
            recount([held.pk])
        return edit


def _say_who(
    kind: EditKind, stranger: Stranger, person: Person, pictures: ChosenPictures, by: Actor, page: str
) -> IdentityEdit:
    edit = record(kind, by=by, page=page, stranger=stranger.pk, person=person.pk)
    edit.detail = {"photos": pictures.add_to(person, stranger, by), "follows": sees_all(by), **_as_it_was(stranger)}
    part = own_part(stranger, by)
    _become(part, StrangerState.NAMED, person=person)
    if part == stranger:
        put_all_of(edit, part, verdict=StoredVerdict.MATCH, person=person)
    else:
        edit.detail["part"] = str(part.pk)
        put(edit, sightings_of(stranger, by), verdict=StoredVerdict.MATCH, person=person, stranger=part)
    name_in_view(edit, part, person, by)
    edit.save(update_fields=["detail"])
    remember(part)
    return edit


def _as_it_was(stranger: Stranger) -> dict[str, str]:
    """Returns what the undo of an edit needs to know of a stranger who was ignored before it."""
    return {} if stranger.state == StrangerState.OPEN else {"was": str(stranger.state)}


def _become(
    stranger: Stranger, state: StrangerState, *, person: Person | None = None, into: Stranger | None = None
) -> None:
    stranger.state, stranger.person, stranger.into = state, person, into
    stranger.resembles, stranger.resembles_distance = None, None
    stranger.save(update_fields=["state", "person", "into", "resembles", "resembles_distance"])
    remember(stranger)
    if state in (StrangerState.NAMED, StrangerState.JOINED):
        Stranger.objects.filter(resembles=stranger).update(resembles=None, resembles_distance=None)


def _forget_offers(one: UUID, other: UUID) -> None:
    for each, another in ((one, other), (other, one)):
        rows = Stranger.objects.filter(pk=each, resembles=another)
        rows.update(resembles=None, resembles_distance=None)
