"""The admin of enrolment links, kiosks and the text that people agree to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from people.editing.services import retire_person
from people.records.consent_text import ConsentText
from people.records.enrolment_link import EnrolmentLink, Kiosk, link_of
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from people.self_enrolling.making import make_link
from tests.people.conftest import picture
from tests.people.self_enrolling.conftest import Link, link, sent, text

__all__ = ["link", "sent", "text"]  # fixtures
pytestmark = pytest.mark.django_db
LINKS = "/admin/people/enrolmentlink/"


def member_of(role: str) -> Client:
    user = User.objects.create_user(f"a {role}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def test_a_text_is_written_and_never_rewritten(operator_client: Client) -> None:
    operator_client.post("/admin/people/consenttext/add/", {"text": "We take pictures."})
    row = ConsentText.objects.get()
    assert row.text == "We take pictures." and row.written_by is not None
    assert "We take pictures." in operator_client.get("/admin/people/consenttext/add/").content.decode()
    assert operator_client.post(f"/admin/people/consenttext/{row.pk}/change/", {"text": "Other"}).status_code == 403
    assert operator_client.post(f"/admin/people/consenttext/{row.pk}/delete/").status_code == 403


def test_without_a_text_the_page_leads_to_it(operator_client: Client) -> None:
    shown = operator_client.get(f"{LINKS}add/", follow=True)
    assert "First write the text" in shown.content.decode()
    answer = operator_client.post(f"{LINKS}add/", {"name": "Ada"}, follow=True)
    assert "has no text yet" in answer.content.decode() and not EnrolmentLink.objects.exists()


def test_a_link_is_shown_once(operator_client: Client, text: ConsentText) -> None:
    answer = operator_client.post(f"{LINKS}add/", {"name": "Ada"})
    found = re.search(r"http://testserver/enrol/([\w-]{43})/", answer.content.decode())
    assert found and "no-store" in answer["Cache-Control"]
    row = link_of(found[1])
    assert row is not None and row.made_by.username == "operator"
    assert found[1] not in operator_client.get(f"{LINKS}{row.pk}/change/").content.decode()


def test_what_was_sent_is_looked_at_and_approved(operator_client: Client, sent: Link) -> None:
    row, first = sent[0], sent[0].pictures.all()[0]
    shown = operator_client.get(f"{LINKS}{row.pk}/change/").content.decode()
    assert f"picture/{first.pk}/" in shown and "Approve: enrol Ada Lovelace" in shown and "agreed to version" in shown
    assert operator_client.get(f"{LINKS}{row.pk}/picture/{first.pk}/").content == picture(1)
    answer = operator_client.post(f"{LINKS}{row.pk}/approve/", follow=True)
    assert "is enrolled; the photos are being read" in answer.content.decode()
    assert Photo.objects.filter(person__name="Ada Lovelace").count() == 2
    assert "Approve:" not in operator_client.get(f"{LINKS}{row.pk}/change/").content.decode()


def test_a_namesake_is_asked_about(operator_client: Client, sent: Link) -> None:
    known = Person.objects.create(name="Ada Lovelace")
    url = f"{LINKS}{sent[0].pk}/"
    assert "enrolled already" in operator_client.get(f"{url}change/").content.decode()
    assert "Say first whether" in operator_client.post(f"{url}approve/", follow=True).content.decode()
    operator_client.post(f"{url}approve/", {"person": str(known.pk)})
    assert known.photos.count() == 2 and Person.objects.count() == 1


def test_a_namesake_who_is_retired_is_said_to_be(operator_client: Client, sent: Link) -> None:
    known = Person.objects.create(name="Ada Lovelace")
    retire_person(person=known, by=None)
    url = f"{LINKS}{sent[0].pk}/"
    shown = operator_client.get(f"{url}change/").content.decode()
    assert "retired: restore them before you approve" in shown and "enrolled already" not in shown
    answer = operator_client.post(f"{url}approve/", {"person": str(known.pk)}, follow=True).content.decode()
    assert "Ada Lovelace is retired. Restore the person first." in answer and "is enrolled" not in answer
    assert not known.photos.exists()


def test_it_is_refused_or_revoked(operator_client: Client, sent: Link) -> None:
    assert "pictures are deleted" in operator_client.post(f"{LINKS}{sent[0].pk}/refuse/", follow=True).content.decode()
    other, _secret = make_link(name="Grace", by=None)
    operator_client.post(f"{LINKS}{other.pk}/revoke/")
    assert set(EnrolmentLink.objects.values_list("state", flat=True)) == {"refused", "revoked"}


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 403), ("auditor", 403), ("enroller", 302)])
def test_enrollers_and_administrators_decide(sent: Link, role: str, status: int) -> None:
    client = member_of(role)
    for address in ("approve/", "refuse/"):
        answer = client.post(f"{LINKS}{sent[0].pk}/{address}")
        assert answer.status_code == status
    assert EnrolmentLink.objects.get().state == ("approved" if role == "enroller" else "sent")


def test_whoever_is_limited_finds_their_own_links_and_those_of_their_people(sent: Link, media: Path) -> None:
    client = member_of("enroller")
    user = User.objects.get(username="a enroller")
    PersonLimit.objects.create(user=user, group=PersonGroup.objects.create(name="Guests"))
    first = sent[0].pictures.all()[0]
    for address in ("change/", f"picture/{first.pk}/"):
        assert client.get(f"{LINKS}{sent[0].pk}/{address}").status_code in (302, 404)
    assert client.post(f"{LINKS}{sent[0].pk}/approve/").status_code == 404
    hidden = Person.objects.create(name="Hidden")
    assert client.post(f"{LINKS}add/", {"person": str(hidden.pk)}).status_code == 200, "not a choice"
    client.post(f"{LINKS}add/", {"name": "Grace"})
    assert "Grace" in client.get(LINKS).content.decode()
    assert client.get("/admin/people/kiosk/").status_code == 403


def test_a_kiosk_is_made_and_revoked(operator_client: Client, text: ConsentText) -> None:
    answer = operator_client.post("/admin/people/kiosk/add/", {"place": "Reception"})
    assert "/kiosk/" in answer.content.decode() and "no-store" in answer["Cache-Control"]
    kiosk = Kiosk.objects.get()
    operator_client.post("/admin/people/kiosk/", {"action": "revoke", "_selected_action": str(kiosk.pk)})
    kiosk.refresh_from_db()
    assert kiosk.revoked_at is not None and "revoked" in operator_client.get("/admin/people/kiosk/").content.decode()
