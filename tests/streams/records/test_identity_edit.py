"""The ledger: what its rows hold, who sees them, and what sightings keep of an edit."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.db.models import ProtectedError

from people.records.person import Person
from streams.records.camera import Camera
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.sighting import Sighting
from tests.streams.limited import World, fresh
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db


def an_edit(**fields: object) -> IdentityEdit:
    return IdentityEdit.objects.create(**{"who": "ann", "kind": "is", **fields})


def test_an_edit_has_the_time_of_the_database() -> None:
    edit = an_edit()
    edit.refresh_from_db()
    assert edit.at is not None and (edit.state, edit.changed) == ("done", 0)


def test_only_an_undo_undoes_and_each_edit_once() -> None:
    first = an_edit()
    an_edit(kind="undo", undoes=first)
    with pytest.raises(IntegrityError, match="undoes"):
        an_edit(kind="undo", undoes=first)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("identity_edit_kind", {"kind": "guess"}),
        ("identity_edit_state", {"state": "lost"}),
        ("identity_edit_undoes", {"kind": "undo"}),
    ],
)
def test_the_database_refuses_other_rows(constraint: str, fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        an_edit(**fields)


def test_an_edit_keeps_what_each_sighting_was_once(hall: Camera) -> None:
    sighting, edit = seen(hall), an_edit()
    EditedSighting.objects.create(edit=edit, sighting=sighting, verdict="unknown")
    with pytest.raises(IntegrityError, match="edited_sighting_once"):
        EditedSighting.objects.create(edit=edit, sighting=sighting, verdict="unknown")


def test_it_outlasts_its_sightings_and_protects_those_that_it_holds(hall: Camera) -> None:
    sighting, edit = seen(hall), an_edit()
    EditedSighting.objects.create(edit=edit, sighting=sighting, verdict="unknown")
    Sighting.objects.filter(pk=sighting.pk).update(edit=edit)
    with pytest.raises(ProtectedError):
        edit.delete()
    sighting.delete()
    assert IdentityEdit.objects.get() == edit and not EditedSighting.objects.exists()


def test_nobody_was_an_unknown_face(hall: Camera) -> None:
    with pytest.raises(IntegrityError, match="edited_sighting_unknown_is_nobody"):
        EditedSighting.objects.create(
            edit=an_edit(), sighting=seen(hall), verdict="unknown", person=Person.objects.create(name="Ada")
        )


def test_limited_users_see_their_own_edits_alone(operator: User, viewer: User) -> None:
    world = World.made()
    own, _ = an_edit(by=viewer), an_edit(by=operator)
    assert IdentityEdit.objects.visible_to(viewer).count() == 2
    assert not IdentityEdit.objects.visible_to(User.objects.create_user("somebody"))
    world.limit_cameras(viewer)
    assert list(IdentityEdit.objects.visible_to(fresh(viewer))) == [own]
    assert IdentityEdit.objects.within_limits_of(None).count() == 2


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("sighting_no_face_is_nobody", {"is_no_face": True, "verdict": "match"}),
        ("sighting_machine_person_unless_unknown", {"machine_verdict": "unknown"}),
        ("sighting_machine_person_unless_unknown", {"machine_verdict": None}),
    ],
)
def test_a_sighting_contradicts_itself_in_no_column(constraint: str, fields: dict[str, object], hall: Camera) -> None:
    ada = Person.objects.create(name="Ada")
    sighting = seen(hall, ada)
    with pytest.raises(IntegrityError, match=constraint):
        Sighting.objects.filter(pk=sighting.pk).update(**{"machine_verdict": "match", "machine_person": ada, **fields})


def test_a_corrected_sighting_outlasts_the_person_whom_the_machine_named(hall: Camera) -> None:
    ada, grace = (Person.objects.create(name=name) for name in ("Ada", "Grace"))
    sighting = seen(hall, ada)
    Sighting.objects.filter(pk=sighting.pk).update(person=grace, machine_verdict="match", machine_person=ada)
    EditedSighting.objects.create(edit=an_edit(), sighting=sighting, verdict="match", person=ada)
    ada.delete()
    sighting.refresh_from_db()
    assert (sighting.person, sighting.machine_verdict, sighting.machine_person) == (grace, "match", None)
    assert EditedSighting.objects.get().person is None
