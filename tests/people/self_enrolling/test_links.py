"""An enrolment link from the agreement to the withdrawal: nobody is enrolled before somebody approves."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from people.editing.bases import record_basis
from people.editing.never_matching import never_match
from people.editing.policy_services import write_consent_text
from people.editing.services import restore_person, retire_person
from people.errors import BadUpload, LinkIsOver, NameTaken, NeverMatched, NoConsentText, WrongState
from people.imports.orphans import sweep_orphans
from people.records.basis import Basis
from people.records.consent_text import ConsentText
from people.records.enrolment_link import EnrolmentLink, LinkPicture, LinkState, link_of
from people.records.person import Person
from people.records.photo import Photo
from people.self_enrolling.approving import approve, refuse
from people.self_enrolling.making import make_kiosk, make_link, revoke_kiosk, revoke_link
from people.self_enrolling.sending import agree, send_pictures, withdraw
from tests.people.self_enrolling.conftest import Link, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def enroller(django_user_model: type[User]) -> User:
    return django_user_model.objects.create_superuser("enroller")


def stored(media: Path) -> int:
    return sum(1 for file in media.rglob("link-pictures/*") if file.is_file())


def test_without_a_text_there_is_no_link(db: None) -> None:
    for make in (lambda: make_link(name="Ada", by=None), lambda: make_kiosk(place="door", by=None)):
        with pytest.raises(NoConsentText):
            make()


def test_the_secret_is_kept_as_a_hash(link: Link) -> None:
    row, secret = link
    assert len(secret) >= 43 and link_of(secret) == row
    assert secret not in str(EnrolmentLink.objects.values().get())
    assert link_of(secret + "x") is None and link_of("") is None and link_of(row.digest) is None


def test_the_agreement_says_to_what_when_and_under_which_name(link: Link, text: ConsentText) -> None:
    agree(link=link[0], version=text.pk, name="  Ada King ")
    row = EnrolmentLink.objects.get()
    assert (row.text, row.state, row.name) == (text, "agreed", "Ada King") and row.agreed_at is not None
    assert not Person.objects.exists() and not Basis.objects.exists()


def test_nobody_agrees_to_a_text_that_they_have_not_seen(link: Link, text: ConsentText) -> None:
    write_consent_text(text="We sell pictures.", by=None)
    with pytest.raises(WrongState, match="text has changed"):
        agree(link=link[0], version=text.pk, name="Ada")
    with pytest.raises(WrongState, match="your name"):
        agree(link=link[0], version=ConsentText.objects.latest("pk").pk, name=" \u200b ")


def test_pictures_come_after_the_agreement(link: Link, media: Path) -> None:
    with pytest.raises(WrongState, match="agree first"):
        send_pictures(link=link[0], files=[upload(1)])
    assert not stored(media)


@pytest.mark.parametrize(
    ("files", "code"),
    [([], "no_pictures"), ([b"words"], "not_an_image"), ([b""], "empty"), (list(range(13)), "too_many_pictures")],
    ids=["none", "words", "empty", "too many"],
)
def test_bad_pictures_are_refused_all_together(
    link: Link, text: ConsentText, media: Path, files: list[bytes | int], code: str
) -> None:
    agree(link=link[0], version=text.pk, name="Ada")
    good = [] if code in ("no_pictures", "too_many_pictures") else [upload(99)]
    given = [upload(each) if isinstance(each, int) else upload(0, each) for each in files]
    with pytest.raises(BadUpload) as refusal:
        send_pictures(link=link[0], files=[*good, *given])
    assert refusal.value.code == code
    assert not stored(media) and EnrolmentLink.objects.get().state == "agreed"


def test_a_link_takes_pictures_once(sent: Link, text: ConsentText) -> None:
    assert sent[0].state == "sent" and LinkPicture.objects.count() == 2
    for again in (
        lambda: send_pictures(link=sent[0], files=[upload(3)]),
        lambda: agree(link=sent[0], version=text.pk, name="Eve"),
    ):
        with pytest.raises(LinkIsOver):
            again()


def test_nothing_is_in_the_gallery_before_the_approval(sent: Link) -> None:
    assert not Person.objects.exists() and not Photo.objects.exists() and not Basis.objects.exists()


def test_the_approval_makes_person_photos_and_basis(sent: Link, text: ConsentText, enroller: User, media: Path) -> None:
    person = approve(link=sent[0], by=enroller)
    basis = Basis.objects.get()
    assert (person.name, person.photos.count(), basis.person) == ("Ada Lovelace", 2, person)
    assert (basis.text, basis.agreed_name, basis.kind) == (text, "Ada Lovelace", "consent")
    assert basis.agreed_at == sent[0].agreed_at
    row = EnrolmentLink.objects.get()
    assert (row.state, row.person, row.basis, row.decided_by) == ("approved", person, basis, enroller)
    with pytest.raises(WrongState, match="approved"):
        approve(link=row, by=enroller)
    with pytest.raises(WrongState):
        refuse(link=row, by=enroller)


@pytest.mark.django_db(transaction=True)
def test_the_pictures_that_waited_are_deleted_either_way(sent: Link, media: Path, enroller: User) -> None:
    assert stored(media) == 2
    refuse(link=sent[0], by=enroller)
    assert not stored(media) and not Person.objects.exists() and EnrolmentLink.objects.get().state == "refused"


def test_a_namesake_is_asked_about(sent: Link, enroller: User) -> None:
    known = Person.objects.create(name="ada lovelace")
    with pytest.raises(NameTaken):
        approve(link=sent[0], by=enroller)
    assert approve(link=sent[0], person=known.pk, by=enroller) == known and known.bases.count() == 1


def test_another_of_the_same_name_is_added_when_said(sent: Link, enroller: User) -> None:
    Person.objects.create(name="Ada Lovelace")
    approve(link=sent[0], same_name=True, by=enroller)
    assert Person.objects.count() == 2


def test_a_link_for_somebody_known_enrols_nobody_else(text: ConsentText, enroller: User, media: Path) -> None:
    person, other = Person.objects.create(name="Ada"), Person.objects.create(name="Eve")
    link, _secret = make_link(person=person, by=None)
    agree(link=link, version=text.pk, name="Eve")
    send_pictures(link=link, files=[upload(1)])
    assert approve(link=link, person=other.pk, by=enroller) == person
    assert not other.photos.exists() and Basis.objects.get().agreed_name == "Eve"


def test_of_somebody_who_is_never_matched_nothing_is_taken(sent: Link, enroller: User) -> None:
    person = Person.objects.create(name="Ada L.")
    never_match(person=person, by=None)
    with pytest.raises(NeverMatched):
        make_link(person=person, by=None)
    with pytest.raises(NeverMatched):
        approve(link=sent[0], person=person.pk, by=enroller)
    assert not Photo.objects.exists() and EnrolmentLink.objects.get().state == "sent"


def test_somebody_who_comes_back_is_restored_before_they_are_enrolled(sent: Link, enroller: User) -> None:
    person = Person.objects.create(name="Ada L.")
    retire_person(person=person, by=None)
    with pytest.raises(WrongState, match=r"Ada L\. is retired\. Restore the person first\."):
        approve(link=sent[0], person=person.pk, by=enroller)
    assert not Photo.objects.exists() and EnrolmentLink.objects.get().state == "sent"
    restore_person(person=person, by=None)
    assert approve(link=sent[0], person=person.pk, by=enroller) == person


def test_the_same_link_withdraws(sent: Link, enroller: User) -> None:
    person = approve(link=sent[0], by=enroller)
    assert person in Person.objects.matchable()
    withdraw(link=sent[0]), withdraw(link=sent[0])
    basis = Basis.objects.get()
    assert (basis.withdrawn_who, basis.withdrawn_by) == ("Ada Lovelace", None) and basis.withdrawn_at is not None
    assert person not in Person.objects.matchable() and EnrolmentLink.objects.get().state == "withdrawn"


def test_it_withdraws_long_after_it_took_pictures(sent: Link, enroller: User) -> None:
    person = approve(link=sent[0], by=enroller)
    EnrolmentLink.objects.update(expires_at=timezone.now() - timedelta(days=900))
    withdraw(link=sent[0])
    assert person not in Person.objects.matchable()


@pytest.mark.django_db(transaction=True)
def test_what_waits_is_deleted_with_a_withdrawal(sent: Link, media: Path, enroller: User) -> None:
    withdraw(link=sent[0])
    assert not stored(media) and not LinkPicture.objects.exists()
    with pytest.raises(WrongState, match="withdrawn"):
        approve(link=sent[0], by=enroller)


def test_other_bases_stay_when_one_is_withdrawn(sent: Link, enroller: User) -> None:
    person = approve(link=sent[0], by=enroller)
    record_basis(person=person, kind="contract", purpose="work", by=None)
    withdraw(link=sent[0])
    assert person in Person.objects.matchable()


def test_nothing_is_withdrawn_where_nothing_was_agreed(link: Link) -> None:
    with pytest.raises(WrongState, match="nothing to withdraw"):
        withdraw(link=link[0])


@pytest.mark.parametrize("over", ["expired", "revoked"])
def test_a_link_that_is_over_takes_nothing(link: Link, text: ConsentText, over: str) -> None:
    if over == "revoked":
        revoke_link(link=link[0], by=None)
    else:
        EnrolmentLink.objects.update(expires_at=timezone.now())
    with pytest.raises(LinkIsOver, match="Ask whoever sent it"):
        agree(link=link[0], version=text.pk, name="Ada")


def test_a_link_that_has_sent_is_refused_and_not_revoked(sent: Link) -> None:
    with pytest.raises(WrongState, match="sent nothing yet"):
        revoke_link(link=sent[0], by=None)


def test_a_revoked_kiosk_stays_revoked(text: ConsentText) -> None:
    kiosk, _secret = make_kiosk(place=" Door ", by=None)
    revoke_kiosk(kiosk=kiosk, by=None)
    kiosk.refresh_from_db()
    assert kiosk.place == "Door" and kiosk.revoked_at is not None


@pytest.mark.parametrize("state", [state for state in LinkState if state not in ("open", "revoked")])
def test_the_database_wants_an_agreement_first(link: Link, state: str) -> None:
    with pytest.raises(IntegrityError, match="enrolment_link_agreed_first"), transaction.atomic():
        EnrolmentLink.objects.update(state=state)


def test_a_deleted_persons_link_is_gone_and_its_pictures_are_swept(
    text: ConsentText, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person.objects.create(name="Ada")
    link, secret = make_link(person=person, by=None)
    agree(link=link, version=text.pk, name="Ada")
    send_pictures(link=link, files=[upload(1)])
    person.delete()
    assert link_of(secret) is None and stored(media) == 1
    monkeypatch.setattr("people.records.stored_objects.ORPHAN_AGE", timedelta(seconds=-1))
    assert sweep_orphans() == 1 and not stored(media)
