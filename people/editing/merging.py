"""Merges two records of one person into one."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from people.base.doorbells import ring_edits, ring_gallery, ring_photos
from people.base.history import Actor, log_changed, log_deleted
from people.editing.judging_again import confirm_enrolled, queue_again
from people.editing.leaving import check_stay
from people.editing.merge_watchers import tell
from people.editing.merging_counter_examples import between, set_aside
from people.editing.moving import BATCH, TWINS, elsewhere, in_words, move_all, own
from people.errors import MayNotRetire, OneIsNeverMatched, OnOneListOfTwo, SamePerson, WrongState
from people.records.counter_example import CounterExample
from people.records.holding import hold
from people.records.merged import MergedPerson
from people.records.metadata import fits
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.photo import Photo
from people.records.reasons import LIKE_OTHERS, UNLIKE_OWN
from people.records.states import MergeState, PhotoState

logger = logging.getLogger(__name__)

COLUMNS = ("name", "external_id", "notes", "metadata", "retired_at", "never_match_at", "created_at")
"""What a person's own row says; the merged one's is kept, so that the two can be told apart again."""
TAKEN_OVER = ("external_id", "notes", "metadata")


@transaction.atomic
def merge_people(*, keep: Person, merge: Person, by: Actor, page: str = "") -> Person:
    """Moves everything that belongs to `merge` to `keep` and deletes `merge`; returns `keep` as it is afterwards.

    It moves photos with their encodings, sightings, watchlists, groups, and every other row that refers to a person.
    The kept person keeps name, external id and retirement; they take over the external id only if they have none, and
    notes are joined. With more than BATCH sightings and the like a worker does it (long_merges.py), and both exist
    until it is done. A repeated call changes nothing. `page`: the address where it was asked for. Raises SamePerson,
    MayNotRetire, OneIsNeverMatched, OnOneListOfTwo, and WrongState if one of the two no longer exists or is being
    merged or erased.
    """
    if keep.pk == merge.pk:
        raise SamePerson
    found = hold([keep.pk, merge.pk])
    kept, merged = found.get(keep.pk), found.get(merge.pk)
    if kept is not None and merged is None and MergedPerson.objects.filter(old_id=merge.pk, into=kept).exists():
        return kept
    if kept is None or merged is None:
        raise WrongState("One of these people does not exist any more.")
    _check_retiring(kept, merged, by)
    if kept.is_never_matched != merged.is_never_matched:
        raise OneIsNeverMatched
    _check_lists(kept, merged)
    if PersonMerge.objects.working().filter(old_id=merged.pk, into=kept).exists():
        return kept
    check_not_busy(kept, merged)
    check_stay(kept, merged)
    row = _begin(kept, merged, by)
    if row.total <= BATCH:
        finish(row, kept, merged, by)
    else:
        ring_edits()
    tell(row, by, page)
    return kept


def finish(row: PersonMerge, kept: Person, merged: Person, by: Actor) -> None:
    """Moves what is left of `merged` and deletes them; the caller holds both, and `row`."""
    row.merged_row["columns"] = _columns(merged, COLUMNS)
    before = _columns(kept, TAKEN_OVER)
    told_apart = CounterExample.objects.filter(pk__in=row.told_apart)
    set_aside(row, told_apart)
    moved = move_all(row, kept, merged)
    # Locked only after moving the sightings: a transaction that writes a sighting locks the sighting first and the
    # person at its commit, so the opposite order would deadlock. The second time takes rows that others committed in
    # between; later writers find MergedPerson.
    Person.objects.select_for_update().get(pk=merged.pk)
    moved += move_all(row, kept, merged)
    dropped, _ = told_apart.all().delete()
    words = in_words(moved)
    log_deleted([merged], f"Merged into “{kept}”: {words}.", by=by)
    merged.delete()
    MergedPerson.objects.create(old_id=row.old_id, into=kept)
    _take_over(kept, merged)
    confirm_enrolled(kept.pk)
    _read_again(kept, row.old_id)
    row.kept_row["columns"] = {name: [before[name], now] for name, now in _columns(kept, TAKEN_OVER).items()}
    row.state, row.dropped = MergeState.DONE, moved[TWINS]
    row.save()
    log_changed(kept, f"Merged with “{merged}”: {in_words(own(moved))}.{_dropped_in_words(dropped)}", by=by)
    ring_gallery()
    logger.info("person %s merged into %s: %s, by %s", row.old_id, kept.pk, words, by.pk if by else "the system")


def check_not_busy(*people: Person) -> None:
    """Raises WrongState if a worker is still merging or separating one of these people."""
    ids = [person.pk for person in people]
    if PersonMerge.objects.working().filter(Q(old_id__in=ids) | Q(into__in=ids)).exists():
        raise WrongState("One of these people is being merged or separated just now. Wait until that is done.")


def _begin(kept: Person, merged: Person, by: Any) -> PersonMerge:
    counts = (each.related_model._base_manager.filter(**{each.field.name: merged}).count() for each in elsewhere())
    return PersonMerge.objects.create(
        old_id=merged.pk,
        into=kept,
        by_id=by.pk if by else None,
        state=MergeState.MERGING,
        told_apart=between(kept, merged),
        merged_row={"columns": _columns(merged, COLUMNS)},
        total=sum(counts),
    )


def _columns(person: Person, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(person, name)) for name in names}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _check_retiring(kept: Person, merged: Person, by: Any) -> None:
    """Raises MayNotRetire if one of the two is retired, the other is not, and `by` may not retire people.

    An active person's gallery would gain the retired one's photos, or a retired person would take photos out of it.
    """
    if kept.is_retired != merged.is_retired and by is not None and not by.has_perm("people.retire_person"):
        raise MayNotRetire


def _check_lists(kept: Person, merged: Person) -> None:
    """Raises OnOneListOfTwo: a merge neither puts anybody on a list that asks for two people nor silently off it.

    Whoever is merged into somebody on the list is on it from then on: their photos and sightings are that person's.
    One that takes long may find later that a list has begun to ask for two: then it leaves the kept person off.
    """
    for one, other in ((merged, kept), (kept, merged)):
        alone = one.watchlists.filter(two_people=True).exclude(pk__in=other.watchlists.values("pk")).first()
        if alone is not None:
            raise OnOneListOfTwo(one, other, alone)


def _take_over(kept: Person, merged: Person) -> None:
    kept.external_id = kept.external_id or merged.external_id
    kept.notes = "\n\n".join(dict.fromkeys(filter(None, [kept.notes, merged.notes])))
    for name, value in merged.metadata.items():
        wider = {name: value, **kept.metadata}  # the kept person's own values win
        kept.metadata = wider if fits(wider) else kept.metadata
    kept.save(update_fields=["external_id", "notes", "metadata", "updated_at"])


def _read_again(kept: Person, merged_id: UUID) -> None:
    """Queues photos of `kept` that were held because the two looked alike or differed: they are one person now.

    Held photos of other people that resembled the merged person now name the kept one.
    """
    held = Photo.objects.filter(state=PhotoState.REVIEW)
    like = held.filter(reason__in=LIKE_OTHERS)
    alike = Q(reason_detail__person=str(merged_id)) | Q(reason_detail__person=str(kept.pk))
    doubted = set(like.filter(alike, person=kept).values_list("pk", flat=True))
    doubted.update(held.filter(reason__in=UNLIKE_OWN, person=kept).values_list("pk", flat=True))
    queue_again(doubted)
    for photo in like.filter(reason_detail__person=str(merged_id)):
        photo.reason_detail["person"] = str(kept.pk)
        photo.save(update_fields=["reason_detail"])
    ring_photos()


def _dropped_in_words(counter_examples: int) -> str:
    if not counter_examples:
        return ""
    what = "1 counter-example" if counter_examples == 1 else f"{counter_examples} counter-examples"
    return f" Removed {what} that told the two apart."
