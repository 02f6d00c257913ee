"""Undoes a merge: the merged person comes back under the old id, and with them the rows that the merge moved."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q

from people.base.doorbells import ring_edits, ring_gallery, ring_photos
from people.base.history import Actor, log_added, log_changed
from people.editing.judging_again import held_because_of, judge_again, queue_again
from people.editing.later_merges import LaterMerges
from people.editing.leaving import check_stay
from people.editing.merging import check_not_busy
from people.editing.merging_counter_examples import bring_back
from people.editing.moving import BATCH, asks_for_two, memberships, move_back, read_anew
from people.editing.proposing import add_proposal
from people.editing.said_of_both import hand_on_withdrawal, retired_since, withdrawn_since
from people.errors import WrongState
from people.records.enrolment_link import EnrolmentLink
from people.records.holding import hold, hold_photos
from people.records.merged import MergedPerson
from people.records.person import Person
from people.records.person_merge import MovedRows, PersonMerge
from people.records.photo import Photo
from people.records.proposal import ProposalKind
from people.records.states import MergeState
from people.records.watchlist import Watchlist


@transaction.atomic
def separate_people(*, merge: PersonMerge, by: Actor) -> Person:
    """Brings the merged person back, and returns them. Of more than BATCH sightings a worker moves the rest back.

    A row that was given to somebody else since stays there. A photo of a file that both had stays with the kept
    person (`dropped`). Of the kept person it takes back what they took over, unless somebody has changed it since.
    Who was retired, never to be matched, or withdrew a basis while the two were one, is so as both (said_of_both.py).
    Raises WrongState.
    """
    row = PersonMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    if row.state != MergeState.DONE:
        raise WrongState(f"These two are {row.get_state_display()}.")
    kept = hold([row.into_id])[row.into_id]
    check_not_busy(kept)
    check_stay(kept)
    hold_photos(Photo.objects.filter(Q(person=kept) | held_because_of([kept.pk, row.old_id])))
    read_anew(kept)
    later, withdrawn = LaterMerges.of(row), withdrawn_since(row, kept)
    _give_back(row, kept, later)
    person = _again(row, kept)
    MergedPerson.objects.filter(old_id=row.old_id).delete()
    _join_lists(row, kept, person, later, by)
    row.merged_row = row.kept_row = {}  # whoever is erased from now on leaves no name here
    row.state, row.moved, row.total = MergeState.SEPARATING, 0, sum(len(each.ids) for each in row.rows.all())
    for rows in row.rows.filter(relation__startswith="people."):
        _take_back(row, rows, kept, person)
    # Approved while the two were one: the pictures and the basis are the kept person's, and their link withdraws.
    EnrolmentLink.objects.filter(person=person, basis__person=kept).update(person=kept)
    bring_back(row, kept, person)
    hand_on_withdrawal(withdrawn, kept, person)
    _judge_photos(kept, person)
    if sum(len(each.ids) for each in row.rows.all()) <= BATCH:
        while separate_next(row, kept, person):
            pass
    else:
        ring_edits()
    row.save()
    log_added(person, f"Separated again from “{kept}”.", by=by)
    log_changed(kept, f"Separated again from “{person}”.", by=by)
    ring_gallery()
    ring_photos()
    return person


def separate_next(row: PersonMerge, kept: Person, person: Person) -> bool:
    """Moves the next rows back; returns whether more may be left. The caller holds everybody."""
    rows = row.rows.first()
    if rows is None:
        row.state = MergeState.SEPARATED
    else:
        _take_back(row, rows, kept, person)
    row.save(update_fields=["state", "moved"])
    return rows is not None


def _take_back(row: PersonMerge, rows: MovedRows, kept: Person, person: Person) -> None:
    row.moved += move_back(rows, kept, person)
    rows.delete()


def _again(row: PersonMerge, kept: Person) -> Person:
    columns: dict[str, Any] = dict(row.merged_row["columns"])
    if Person.objects.filter(external_id=columns["external_id"]).exclude(external_id=None).exists():
        columns["external_id"] = None  # somebody else has it now
    created_at = columns.pop("created_at")
    columns["never_match_at"] = columns.get("never_match_at") or kept.never_match_at
    columns["retired_at"] = columns.get("retired_at") or retired_since(row, kept)
    person = Person(pk=row.old_id, **columns)
    person.save(force_insert=True)
    Person.objects.filter(pk=person.pk).update(created_at=created_at)
    return person


def _give_back(row: PersonMerge, kept: Person, later: LaterMerges) -> None:
    """Takes back from the kept person what they took over and nobody has changed since."""
    changed = []
    for name, (before, after) in row.kept_row.get("columns", {}).items():
        if before == after:
            continue
        if getattr(kept, name) == after and not later.had_already(name, after):
            setattr(kept, name, before)
            changed.append(name)
        later.forget_column(name, before, after)
    if changed:
        kept.save(update_fields=[*changed, "updated_at"])


def _judge_photos(kept: Person, person: Person) -> None:
    """Has photos judged anew that were judged while the two were one.

    The merge has confirmed what was enrolled before it. Whatever was enrolled since, a photo among it that was held
    because the two look alike, was never compared with the other one.
    """
    since = Photo.objects.enrolled().filter(person__in=[kept.pk, person.pk], confirmed_at=None)
    queue_again(list(since.values_list("pk", flat=True)))
    judge_again([kept.pk, person.pk])


def _join_lists(row: PersonMerge, kept: Person, person: Person, later: LaterMerges, by: Actor) -> None:
    """Puts the person on their lists again, and takes the kept one off those that this merge alone put them on.

    A list that asks for two people is asked: a proposal in the name of whoever undoes it waits for a second person.
    """
    for name in memberships():
        theirs: Any = getattr(person, name)
        lists = list(theirs.model.objects.filter(pk__in=row.merged_row.get(name, [])))
        theirs.add(*(each for each in lists if not asks_for_two(each)))
        for asking in filter(asks_for_two, lists):
            _propose(asking, person, kept, by)
        getattr(kept, name).remove(*theirs.model.objects.filter(pk__in=later.alone_joined(row, name)))


def _propose(watchlist: Watchlist, person: Person, kept: Person, by: Actor) -> None:
    if by is not None and by.pk is not None:
        why = f"Was on it before the merge with {kept}, which was undone."
        add_proposal(kind=ProposalKind.ENTRY, watchlist=watchlist, person=person.pk, reason=why, by=by)
