"""Merges two records of one person into one."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import F, Model, Q
from django.db.models.functions import Greatest, Now

from people.base.doorbells import ring_gallery, ring_photos
from people.base.history import Actor, log_changed, log_deleted
from people.editing.judging_again import confirm_enrolled, queue_again
from people.editing.merging_counter_examples import between, drop_twins
from people.errors import MayNotRetire, SamePerson, WrongState
from people.records.counter_example import CounterExample
from people.records.holding import hold, hold_photos
from people.records.merged import MergedPerson
from people.records.metadata import fits
from people.records.person import Person
from people.records.photo import Photo
from people.records.reasons import LIKE_OTHERS, UNLIKE_OWN
from people.records.states import PhotoState
from people.records.stored_objects import remove_after_commit

logger = logging.getLogger(__name__)

RowKind = tuple[str, str]
"""The name of a kind of rows, in the singular and the plural."""
TWINS: RowKind = ("photo of a file that both had dropped", "photos of files that both had dropped")

# If both people have a photo of the same file, the one whose state comes first here stays.
WORTH = [
    PhotoState.ENROLLED,
    PhotoState.REVIEW,
    PhotoState.CHOOSE,
    PhotoState.WORKING,
    PhotoState.PENDING,
    PhotoState.REJECTED,
]


@transaction.atomic
def merge_people(*, keep: Person, merge: Person, by: Actor) -> Person:
    """Moves everything that belongs to `merge` to `keep` and deletes `merge`; returns `keep` as it is afterwards.

    It moves photos with their encodings, sightings, watchlists, groups, and every other row that refers to a person.
    The kept person keeps name, external id and retirement; they take over the external id only if they have none, and
    notes are joined. A repeated call changes nothing. Raises SamePerson, MayNotRetire, and WrongState if one of the
    two no longer exists.
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
    told_apart = between(kept, merged)
    moved = _move(kept, merged)
    # Locked only after moving the sightings: a transaction that writes a sighting locks the sighting first and the
    # person at its commit, so the opposite order would deadlock. The second _move takes rows that others committed in
    # between; later writers find MergedPerson.
    Person.objects.select_for_update().get(pk=merged.pk)
    moved += _move(kept, merged)
    dropped, _ = CounterExample.objects.filter(pk__in=told_apart).delete()
    words = _in_words(moved)
    log_deleted([merged], f"Merged into “{kept}”: {words}.", by=by)
    merged.delete()
    MergedPerson.objects.create(old_id=merge.pk, into=kept)
    _take_over(kept, merged)
    confirm_enrolled(kept.pk)
    _read_again(kept, merge.pk)
    log_changed(kept, f"Merged with “{merged}”: {_in_words(_own(moved))}.{_dropped_in_words(dropped)}", by=by)
    ring_gallery()
    logger.info("person %s merged into %s: %s, by %s", merge.pk, kept.pk, words, by.pk if by else "the system")
    return kept


def _check_retiring(kept: Person, merged: Person, by: Any) -> None:
    """Raises MayNotRetire if one of the two is retired, the other is not, and `by` may not retire people.

    An active person's gallery would gain the retired one's photos, or a retired person would take photos out of it.
    """
    if kept.is_retired != merged.is_retired and by is not None and not by.has_perm("people.retire_person"):
        raise MayNotRetire


def _move(kept: Person, merged: Person) -> Counter[RowKind]:
    """Moves every row that refers to `merged` to `kept`; returns how many rows of each kind there were.

    It finds the tables by asking the models: rows of a table missing from a fixed list would be deleted with the
    person, silently.
    """
    hold_photos(Photo.objects.filter(person__in=[kept.pk, merged.pk]))
    moved: Counter[RowKind] = Counter({TWINS: _drop_twins(kept, merged)})
    Photo.objects.filter(
        person=merged, state=PhotoState.WORKING
    ).update(  # the worker that reads it would compare it with the wrong person
        state=PhotoState.PENDING, claimed_by="", due_at=Now(), attempts=Greatest(F("attempts") - 1, 0)
    )
    drop_twins(kept, merged)
    for relation in _references():
        rows = relation.related_model._base_manager.filter(**{relation.field.name: merged})
        moved[_kind(relation.related_model)] += rows.update(**{relation.field.name: kept})
    for name in _memberships():
        there: Any = getattr(merged, name)
        joined = there.exclude(pk__in=getattr(kept, name).values("pk"))
        moved[_kind(there.model)] += len(joined)
        getattr(kept, name).add(*joined)
        there.clear()
    return moved


def _references() -> list[Any]:
    """Returns the foreign keys to Person from all apps, hidden ones included."""
    fields = Person._meta.get_fields(include_hidden=True)
    return [
        field
        for field in fields
        if (field.one_to_many or field.one_to_one) and field.auto_created and not field.related_model._meta.auto_created  # type: ignore[union-attr] # _memberships has the others
    ]


def _memberships() -> list[str]:
    """Returns the many-to-many attributes of a person: watchlists, groups, and any added later."""
    fields: list[Any] = [field for field in Person._meta.get_fields() if field.many_to_many]
    return [field.get_accessor_name() if field.auto_created else field.name for field in fields]


def _drop_twins(kept: Person, merged: Person) -> int:
    """Deletes one photo of each file that both people have, and keeps the enrolled one if there is one.

    Returns how many it deleted.
    """
    ours = {photo.sha256: photo for photo in kept.photos.all()}
    twins = merged.photos.filter(sha256__in=list(ours))
    doomed = [
        max(theirs, ours[theirs.sha256], key=lambda photo: WORTH.index(PhotoState(photo.state))) for theirs in twins
    ]
    remove_after_commit(doomed)
    Photo.objects.filter(pk__in=[photo.pk for photo in doomed]).delete()
    return len(doomed)


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


def _kind(model: type[Model]) -> RowKind:
    return str(model._meta.verbose_name), str(model._meta.verbose_name_plural)


def _own(moved: Counter[RowKind]) -> Counter[RowKind]:
    """Leaves out rows of other apps: readers of the kept person's history may not see every camera's sightings."""
    kinds = {TWINS, *map(_kind, apps.get_app_config("people").get_models())}
    return Counter({kind: number for kind, number in moved.items() if kind in kinds})


def _in_words(moved: Counter[RowKind]) -> str:
    counted = [f"{number} {one if number == 1 else many}" for (one, many), number in moved.items() if number]
    return ", ".join(counted) or "nothing to move"


def _dropped_in_words(counter_examples: int) -> str:
    if not counter_examples:
        return ""
    what = "1 counter-example" if counter_examples == 1 else f"{counter_examples} counter-examples"
    return f" Removed {what} that told the two apart."
