"""The admin of bases, of the site's policy, and of people who are never to be recognised."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from people.editing.bases import record_basis, withdraw_basis
from people.editing.never_matching import never_match
from people.editing.policy_services import write_consent_text
from people.records.basis import Basis
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from people.records.site_policy import SitePolicy, needs_basis
from people.self_enrolling.making import make_link
from tests.api import NOBODY
from tests.people.conftest import picture

pytestmark = pytest.mark.django_db
BASES, POLICY = "/admin/people/basis/", "/admin/people/sitepolicy/1/change/"


def form(person: Person, /, **more: object) -> dict[str, object]:
    values = {
        "person": str(person.pk), "kind": "consent", "purpose": "the door", "valid_from_0": "2026-01-01",
        "valid_from_1": "08:00:00", "valid_until_0": "", "valid_until_1": "",
    }  # fmt: skip
    return {**values, **more}


def member_of(role: str) -> Client:
    user = User.objects.create_user(f"a {role}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def basis(ada: Person) -> Basis:
    return record_basis(person=ada, purpose="the door", document=picture(1), document_title="form.png", by=None)


def test_a_basis_is_recorded_with_its_document(operator_client: Client, ada: Person, media: object) -> None:
    assert "form.pdf" not in operator_client.get(f"{BASES}add/?person={ada.pk}").content.decode()
    sent = form(ada, document=SimpleUploadedFile("form.pdf", b"%PDF-1.7"), valid_until_0="2099-01-01",
                valid_until_1="00:00:00")  # fmt: skip
    answer = operator_client.post(f"{BASES}add/", sent)
    assert answer.status_code == 302 and answer["Location"].endswith(f"/person/{ada.pk}/change/#bases")
    row = Basis.objects.get()
    assert (row.document_title, row.purpose, row.valid_until and row.valid_until.year) == ("form.pdf", "the door", 2099)
    page = operator_client.get(f"/admin/people/person/{ada.pk}/change/").content.decode()
    assert "consent: the door" in page and "badge-basis-valid" in page
    assert [entry.change_message for entry in LogEntry.objects.all()] == ["Basis recorded: consent: the door."]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"document": SimpleUploadedFile("form.pdf", b"words")}, "neither a PDF nor a picture"),
        ({"document": SimpleUploadedFile("form.pdf", b"")}, "empty"),
        ({"valid_until_0": "2020-01-01", "valid_until_1": "00:00:00"}, "must end after it begins"),
        ({"valid_from_0": ""}, "required"),
        ({"purpose": ""}, "required"),
        ({"kind": "luck"}, "not one of the available choices"),
        ({"person": NOBODY}, "not one of the available choices"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_is_said_beside_the_field(
    operator_client: Client, ada: Person, more: dict[str, object], words: str
) -> None:
    answer = operator_client.post(f"{BASES}add/", form(ada, **more))
    assert answer.status_code == 200 and words in answer.content.decode()
    assert not Basis.objects.exists()


def test_a_basis_is_withdrawn_and_its_document_fetched(operator_client: Client, basis: Basis) -> None:
    page = operator_client.get(f"{BASES}{basis.pk}/change/").content.decode()
    assert "form.png" in page and "withdraw/" in page and 'name="purpose"' not in page
    assert operator_client.get(f"{BASES}{basis.pk}/document/").content == picture(1)
    assert "Withdraw" in operator_client.get(f"{BASES}{basis.pk}/withdraw/").content.decode()
    operator_client.post(f"{BASES}{basis.pk}/withdraw/", {"why": "By letter"})
    basis.refresh_from_db()
    assert basis.withdrawn_why == "By letter"
    person = operator_client.get(f"/admin/people/person/{basis.person_id}/change/").content.decode()
    assert "the basis was withdrawn, and no other one is valid" in person
    assert "By letter" in operator_client.get(f"{BASES}{basis.pk}/change/").content.decode()


@pytest.mark.parametrize("address", ["", "{0}/change/", "{0}/document/", "{0}/withdraw/", "add/"])
def test_viewers_see_no_basis(basis: Basis, address: str) -> None:
    assert member_of("viewer").get(BASES + address.format(basis.pk)).status_code == 403


def test_auditors_see_and_change_nothing(basis: Basis) -> None:
    auditor = member_of("auditor")
    assert auditor.get(f"{BASES}{basis.pk}/document/").status_code == 200
    assert auditor.post(f"{BASES}{basis.pk}/withdraw/").status_code == 403
    assert auditor.post(f"{BASES}add/", form(basis.person)).status_code == 403
    assert 'name="needs_basis"' not in auditor.get(POLICY).content.decode()
    assert auditor.post(POLICY, {"needs_basis": "on"}).status_code == 403 and not needs_basis()


def test_whoever_is_limited_finds_no_basis_of_others(basis: Basis, grace: Person) -> None:
    client = member_of("administrator")
    user = User.objects.get(username="a administrator")
    group = PersonGroup.objects.create(name="Others")
    group.people.add(grace)
    PersonLimit.objects.create(user=user, group=group)
    assert "the door" not in client.get(BASES).content.decode()
    assert client.get(f"{BASES}{basis.pk}/document/").status_code == 404
    assert client.post(f"{BASES}{basis.pk}/withdraw/").status_code == 404
    assert client.post(f"{BASES}add/", form(basis.person)).status_code == 200
    assert Basis.objects.count() == 1
    assert client.get(POLICY).status_code == 403, "the policy is everybody's"


def test_the_policy_says_beforehand_who_would_leave(operator_client: Client, ada: Person, grace: Person) -> None:
    for person in (ada, grace):
        Photo.objects.create(person=person, image="x", sha256="a", state="enrolled")
    record_basis(person=ada, purpose="the door", by=None)
    page = operator_client.get("/admin/people/sitepolicy/", follow=True).content.decode()
    assert "2 people are recognised now" in page and "1 of them has no valid basis" in page
    operator_client.post(POLICY, {"needs_basis": "on"})
    assert needs_basis() and list(Person.objects.matchable()) == [ada]
    assert LogEntry.objects.get().change_message == "A basis is needed from now on."
    assert "1 person is recognised now" in operator_client.get(POLICY).content.decode()
    page = operator_client.get(f"/admin/people/person/{grace.pk}/change/").content.decode()
    assert "this site asks for a basis, and there is none" in page
    operator_client.post(POLICY, {})
    assert not needs_basis()


def test_there_is_neither_a_second_policy_nor_none(operator_client: Client) -> None:
    assert operator_client.get("/admin/people/sitepolicy/add/").status_code == 403
    assert operator_client.post("/admin/people/sitepolicy/1/delete/").status_code == 403
    assert SitePolicy.objects.count() == 1


def test_the_list_of_people_finds_who_needs_a_look(operator_client: Client, ada: Person, grace: Person) -> None:
    withdraw_basis(basis=record_basis(person=ada, purpose="the door", by=None), by=None)
    never_match(person=grace, by=None)
    for query, name in (
        ("basis=withdrawn", "Ada Lovelace"),
        ("basis=lacking", "Ada Lovelace"),
        ("status=never", "Grace"),
    ):
        page = operator_client.get(f"/admin/people/person/?{query}").content.decode()
        assert name in page and ("Grace" in page) is (name == "Grace")
    assert "never recognised" in operator_client.get("/admin/people/person/").content.decode()
    assert "Lacks a valid basis" not in member_of("viewer").get("/admin/people/person/").content.decode()
    assert "Ada" in member_of("operator").get("/admin/people/person/?basis=ends_soon").content.decode(), "no filter"


def test_never_recognise_is_asked_said_and_taken_back(operator_client: Client, ada: Person) -> None:
    url = f"/admin/people/person/{ada.pk}/"
    assert "Every encoding of the face is deleted" in operator_client.get(f"{url}never-match/").content.decode()
    page = operator_client.post(f"{url}never-match/", follow=True).content.decode()
    assert "nobody may recognise this person" in page and "Allow recognition again" in page
    assert operator_client.get(f"{url}allow-matching/").status_code == 405
    page = operator_client.post(f"{url}allow-matching/", follow=True).content.decode()
    assert "Never recognise" in page and not Person.objects.never_matched().exists()


@pytest.mark.parametrize("role", ["viewer", "operator", "auditor"])
def test_others_do_not_say_it(ada: Person, role: str) -> None:
    for address in ("never-match/", "allow-matching/"):
        assert member_of(role).post(f"/admin/people/person/{ada.pk}/{address}").status_code == 403
        User.objects.filter(username=f"a {role}").delete()
    assert not Person.objects.never_matched().exists()


def test_a_withdrawn_basis_is_not_deleted_so_that_nobody_is_matchable_again_by_that(
    operator_client: Client, ada: Person
) -> None:
    """Also a superuser withdraws and records; the rows go with the person alone."""
    basis = record_basis(person=ada, purpose="door", by=None)
    withdraw_basis(basis=basis, by=None)
    assert operator_client.post(f"/admin/people/basis/{basis.pk}/delete/", {"post": "yes"}).status_code == 403
    asked = {"action": "delete_selected", "_selected_action": [str(basis.pk)], "post": "yes"}
    operator_client.post("/admin/people/basis/", asked)
    assert Basis.objects.count() == 1 and not Person.objects.matchable().exists()
    write_consent_text(text="We take pictures.", by=None)
    make_link(person=ada, by=None)
    assert operator_client.post(f"/admin/people/person/{ada.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Person.objects.exists() and not Basis.objects.exists()
