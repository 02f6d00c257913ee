"""Bases are recorded with their document and withdrawn for good, and the lists say whose somebody should look at."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.utils import timezone

from people.editing import services
from people.editing.bases import record_basis, withdraw_basis
from people.editing.merging import merge_people
from people.editing.policy_services import write_consent_text
from people.editing.separating import separate_people
from people.errors import BadBasis, BadUpload, WrongState
from people.imports.orphans import sweep_orphans
from people.records.basis import Basis
from people.records.basis_notices import NOTICES
from people.records.enrolment_link import EnrolmentLink
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.stored_objects import ORPHAN_AGE
from people.self_enrolling.making import make_link
from tests.people.conftest import picture

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def basis(person: Person, **more: Any) -> Basis:
    return record_basis(person=person, purpose="the door", by=None, **more)


def noticed(notice: str) -> set[str]:
    return {person.name for person in NOTICES[notice](Person.objects.all())}


@pytest.mark.parametrize("document", [b"%PDF-1.7 a form", picture(1)], ids=["PDF", "picture"])
def test_a_document_is_kept_under_a_random_name(ada: Person, media: Path, document: bytes) -> None:
    kept = basis(ada, document=document, document_title="C:\\forms\\Ada's form.pdf")
    assert (media / kept.document.name).read_bytes() == document
    assert kept.document_title == "Ada's form.pdf" and "Ada" not in kept.document.name


@pytest.mark.parametrize(
    ("document", "code"),
    [(b"", "empty"), (b"<html>", "not_a_document"), (b"%PDF-" + bytes(10_000_000), "too_many_bytes")],
    ids=["nothing", "a page", "too much"],
)
def test_another_document_is_refused_in_words(ada: Person, media: Path, document: bytes, code: str) -> None:
    with pytest.raises(BadUpload) as refusal:
        basis(ada, document=document, document_title="form.pdf")
    assert refusal.value.code == code and not Basis.objects.exists() and not list(media.rglob("documents/*"))


def test_what_makes_no_sense_is_refused_in_words_and_leaves_nothing(ada: Person, media: Path) -> None:
    now = timezone.now()
    for wrong, field in (
        ({"purpose": "  "}, "purpose"),
        ({"purpose": "door", "kind": "luck"}, "kind"),
        ({"purpose": "door", "valid_from": now, "valid_until": now}, "valid_until"),
    ):
        with pytest.raises(BadBasis) as refusal:
            record_basis(person=ada, document=b"%PDF-1.7", by=None, **wrong)  # type: ignore[arg-type]
        assert refusal.value.field == field
    assert not Basis.objects.exists() and not list(media.rglob("documents/*"))


def test_of_somebody_who_is_gone_none_is_recorded(ada: Person) -> None:
    gone = Person.objects.get(pk=ada.pk)
    services.delete_people(people=[ada], by=None)
    with pytest.raises(WrongState):
        basis(gone)


def test_a_withdrawal_says_who_and_why_and_is_made_once(ada: Person, django_user_model: type[User]) -> None:
    officer = django_user_model.objects.create(username="officer")
    row = basis(ada)
    withdraw_basis(basis=row, why=" Asked by letter. ", by=officer)
    first = row.withdrawn_at
    withdraw_basis(basis=row, why="Again", by=None)
    assert (row.withdrawn_who, row.withdrawn_why, row.withdrawn_by) == ("officer", "Asked by letter.", officer)
    assert row.withdrawn_at == first is not None
    assert LogEntry.objects.get().change_message == "Basis withdrawn: consent: the door."


def test_states_are_told_by_the_clock(ada: Person) -> None:
    now = timezone.now()
    basis(ada, valid_from=now - DAY), basis(ada, valid_from=now + DAY)
    basis(ada, valid_from=now - 2 * DAY, valid_until=now - DAY)
    withdraw_basis(basis=basis(ada), by=None)
    found = set(Basis.objects.with_state().values_list("state", flat=True))
    assert found == {"valid", "to_come", "ended", "withdrawn"}


def test_the_lists_say_whose_basis_somebody_should_look_at(ada: Person, grace: Person) -> None:
    joan, mary = (Person.objects.create(name=name) for name in ("Joan Clarke", "Mary Jackson"))
    basis(ada, valid_until=timezone.now() + 20 * DAY), basis(grace, valid_until=timezone.now() + 40 * DAY)
    withdraw_basis(basis=basis(joan), by=None)
    assert noticed("ends_soon") == {"Ada Lovelace"}
    assert noticed("lacking") == {"Joan Clarke", "Mary Jackson"}
    assert noticed("withdrawn") == {"Joan Clarke"}
    basis(ada, kind="contract"), basis(joan)
    services.retire_person(person=mary, by=None)
    assert not noticed("ends_soon") and not noticed("lacking") and not noticed("withdrawn")


def test_bases_follow_a_merge_and_come_back_with_its_undo(ada: Person, grace: Person) -> None:
    row = basis(ada)
    merge_people(keep=grace, merge=ada, by=None)
    assert Basis.objects.get().person == grace
    separate_people(merge=PersonMerge.objects.get(), by=None)
    assert Basis.objects.get() == row and Basis.objects.get().person_id == ada.pk


def test_a_document_without_its_row_is_swept(
    ada: Person, media: Path, later: Callable[[Path, timedelta], None]
) -> None:
    kept = basis(ada, document=b"%PDF-1.7", document_title="form.pdf")
    lost = basis(ada, document=b"%PDF-1.6", document_title="form.pdf")
    Basis.objects.filter(pk=lost.pk).delete()
    later(media, ORPHAN_AGE * 2)
    assert sweep_orphans() == 1 and (media / kept.document.name).exists()


@pytest.fixture
def later() -> Callable[[Path, timedelta], None]:
    """Makes every stored file older."""

    def make_older(media: Path, by: timedelta) -> None:
        for file in media.rglob("documents/*"):
            at = file.stat().st_mtime - by.total_seconds()
            os.utime(file, (at, at))

    return make_older


def test_the_lists_say_who_was_asked(ada: Person, grace: Person) -> None:
    write_consent_text(text="We take pictures.", by=None)
    joan, mary = (Person.objects.create(name=name) for name in ("Joan Clarke", "Mary Jackson"))
    make_link(person=ada, by=None)
    EnrolmentLink.objects.filter(pk=make_link(person=grace, by=None)[0].pk).update(expires_at=timezone.now() - DAY)
    make_link(person=mary, by=None), basis(mary)
    for notice, found in (("asked", {ada}), ("not_asked", {grace, joan})):
        assert set(NOTICES[notice](Person.objects.all())) == found
