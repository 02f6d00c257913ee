"""Edits of many sightings are done by a worker, batch by batch, and each of them is undone the same way."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from people.records.person import Person
from streams.correcting import ledger, restoring, undoing
from streams.correcting.corrections import correct
from streams.correcting.ledger import put, put_all_of, record
from streams.correcting.undoing import undo
from streams.correcting.working import work_on_next
from streams.records.camera import Camera
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import EditKind, StoredVerdict
from streams.records.stranger import Stranger
from tests.streams.correcting.conftest import NO_FACE, encoded
from tests.streams.seen import NOON, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger(hall: Camera) -> Stranger:
    """With seven sightings."""
    made = Stranger.objects.create(number=12, first_seen_at=NOON, last_seen_at=NOON)
    for _ in range(7):
        encoded(hall, stranger=made)
    return made


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ledger, restoring, undoing):
        monkeypatch.setattr(module, "BATCH", 3)


def named(stranger: Stranger, person: Person) -> IdentityEdit:
    edit = record(EditKind.NAME, by=None, page="/strangers/", stranger=stranger.pk, person=person.pk)
    put_all_of(edit, stranger, verdict=StoredVerdict.MATCH, person=person)
    return edit


def worked() -> int:
    steps = 0
    while work_on_next():
        steps += 1
    return steps


def progress(edit: IdentityEdit) -> tuple[str, int, int]:
    edit.refresh_from_db()
    return edit.state, edit.changed, edit.total


def test_it_is_done_in_batches_and_says_how_far_it_is(stranger: Stranger, ada: Person) -> None:
    edit = named(stranger, ada)
    assert progress(edit) == ("working", 0, 7)
    work_on_next()
    assert progress(edit) == ("working", 3, 7)
    worked()
    assert progress(edit) == ("done", 7, 7)
    assert Sighting.objects.filter(person=ada, verdict="match", machine_verdict="unknown", edit=edit).count() == 7


def test_its_undo_is_as_long(stranger: Stranger, ada: Person) -> None:
    before = list(Sighting.objects.order_by("pk").values())
    edit = named(stranger, ada)
    worked()
    undone = undo(edit=edit, by=None, page="/edits/")
    assert progress(undone) == ("working", 0, 7)
    worked()
    assert progress(undone) == ("done", 7, 7)
    assert list(Sighting.objects.order_by("pk").values()) == [{**row, "stranger_due": False} for row in before]


def test_whoever_is_deleted_meanwhile_ends_it(stranger: Stranger, ada: Person) -> None:
    edit = named(stranger, ada)
    work_on_next()
    ada.delete()
    worked()
    assert progress(edit)[:2] == ("done", 3)


def test_whoever_is_erased_meanwhile_ends_it(stranger: Stranger, ada: Person) -> None:
    edit = named(stranger, ada)
    work_on_next()
    IdentityEdit.objects.update(person=None, detail={})  # as an erasure leaves it (streams/erasing/mentions.py)
    worked()
    assert progress(edit) == ("done", 3, 3)


def test_a_few_are_changed_at_once(stranger: Stranger, ada: Person) -> None:
    Sighting.objects.filter(pk__in=list(Sighting.objects.values_list("pk", flat=True)[:5])).delete()
    edit = named(stranger, ada)
    assert progress(edit) == ("done", 2, 2)
    assert not work_on_next()


def test_statements_grow_with_batches_and_not_with_sightings(hall: Camera, ada: Person) -> None:
    counts = []
    for number in (1, 3):
        rows = [seen(hall).pk for _ in range(number)]
        with CaptureQueriesContext(connection) as captured:
            edit = record(EditKind.IS, by=None, page="")
            put(edit, Sighting.objects.filter(pk__in=rows), verdict=StoredVerdict.MATCH, person=ada)
        counts.append(len(captured))
    assert counts[0] == counts[1] == 7


def test_of_many_only_those_edited_since_are_left(stranger: Stranger, ada: Person) -> None:
    edit = named(stranger, ada)
    worked()
    one = Sighting.objects.order_by("pk").first()
    assert one is not None
    correct(sighting=one.pk, says=NO_FACE, by=None, page="")
    undone = undo(edit=edit, by=None, page="")
    worked()
    undone.refresh_from_db()
    assert (undone.changed, undone.detail["edited_later"]) == (6, 1)
    assert EditedSighting.objects.filter(edit=undone).count() == 6
