"""Moves the rows of one person to another, and keeps which they were, so that they can be moved back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import F, Model
from django.db.models.functions import Greatest, Now

from people.editing.merging_counter_examples import drop_twins
from people.records.holding import hold_photos
from people.records.person import Person
from people.records.person_merge import MovedRows, PersonMerge
from people.records.photo import Photo
from people.records.states import PhotoState
from people.records.stored_objects import remove_after_commit
from people.records.watchlist import Watchlist

BATCH = 2_000
"""Rows that are moved at once, and that one transaction of a long merge moves."""
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


def move_all(merge: PersonMerge, kept: Person, merged: Person) -> Counter[RowKind]:
    """Moves every row that refers to `merged` to `kept`; returns how many rows of each kind there were.

    It finds the tables by asking the models: rows of a table missing from a fixed list would be deleted with the
    person, silently.
    """
    hold_photos(Photo.objects.filter(person__in=[kept.pk, merged.pk]))
    moved: Counter[RowKind] = Counter({TWINS: _drop_twin_photos(kept, merged)})
    read_anew(merged)
    drop_twins(merge, kept, merged)
    for relation in references():
        while number := move_some(merge, relation, merged, kept):
            moved[_kind(relation.related_model)] += number
    for name in memberships():
        there: Any = getattr(merged, name)
        joined = [row for row in there.exclude(pk__in=getattr(kept, name).values("pk")) if not asks_for_two(row)]
        moved[_kind(there.model)] += len(joined)
        merge.kept_row.setdefault(name, []).extend(row.pk for row in joined)
        merge.merged_row.setdefault(name, []).extend(there.values_list("pk", flat=True))
        getattr(kept, name).add(*joined)
        there.clear()
    return moved


def move_some(merge: PersonMerge, relation: Any, merged: Person, kept: Person) -> int:
    """Moves up to BATCH rows of one table, locked in the order of their ids; returns how many."""
    rows, column = relation.related_model._base_manager, relation.field.name
    mine = rows.filter(**{column: merged}).order_by("pk").select_for_update(of=("self",), no_key=True)
    ids = list(mine.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return 0
    rows.filter(pk__in=ids).update(**{column: kept})
    MovedRows.objects.create(merge=merge, relation=name_of(relation), ids=[str(pk) for pk in ids])
    merge.moved += len(ids)
    return len(ids)


def move_back(rows: MovedRows, from_: Person, to: Person) -> int:
    """Moves those of `rows` back that are still of `from_`; returns how many."""
    relation = next((each for each in references() if name_of(each) == rows.relation), None)
    if relation is None:  # a table that a later release gave up
        return 0
    column = relation.field.name
    mine = relation.related_model._base_manager.filter(pk__in=rows.ids, **{column: from_})
    return int(mine.update(**{column: to}))


def read_anew(person: Person) -> None:
    """Lets photos that a worker is reading be read again: it would compare them with the wrong person."""
    Photo.objects.filter(person=person, state=PhotoState.WORKING).update(
        state=PhotoState.PENDING, claimed_by="", due_at=Now(), attempts=Greatest(F("attempts") - 1, 0)
    )


def references() -> list[Any]:
    """Returns the foreign keys to Person from all apps, hidden ones included."""
    fields = Person._meta.get_fields(include_hidden=True)
    return [
        field
        for field in fields
        if (field.one_to_many or field.one_to_one) and field.auto_created and not field.related_model._meta.auto_created  # type: ignore[union-attr] # memberships has the others
    ]


def elsewhere() -> Iterator[Any]:
    """Yields the foreign keys of other apps: sightings and what hangs on them, of which there may be very many."""
    return (each for each in references() if each.related_model._meta.app_label != "people")


def memberships() -> list[str]:
    """Returns the many-to-many attributes of a person: watchlists, groups, and any added later."""
    fields: list[Any] = [field for field in Person._meta.get_fields() if field.many_to_many]
    return [field.get_accessor_name() if field.auto_created else field.name for field in fields]


def asks_for_two(row: Any) -> bool:
    """Returns whether one person alone may not put anybody into `row`, a watchlist or a group: so a merge does not."""
    return isinstance(row, Watchlist) and row.two_people


def name_of(relation: Any) -> str:
    return f"{relation.related_model._meta.label}.{relation.field.name}"


def in_words(moved: Counter[RowKind]) -> str:
    counted = [f"{number} {one if number == 1 else many}" for (one, many), number in moved.items() if number]
    return ", ".join(counted) or "nothing to move"


def own(moved: Counter[RowKind]) -> Counter[RowKind]:
    """Leaves out rows of other apps: readers of the kept person's history may not see every camera's sightings."""
    kinds = {TWINS, *map(_kind, apps.get_app_config("people").get_models())}
    return Counter({kind: number for kind, number in moved.items() if kind in kinds})


def _kind(model: type[Model]) -> RowKind:
    return str(model._meta.verbose_name), str(model._meta.verbose_name_plural)


def _drop_twin_photos(kept: Person, merged: Person) -> int:
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
