"""The pages of auditors: who looked at whom, what somebody did, everything about one thing, and unusual use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from people.audit.acting import Actor
from people.audit.chaining import chain_all
from people.audit.entry import AuditEntry
from people.audit.keeping import KeptEntries
from people.audit.storing import NewEntry, store
from people.audit.words import Action
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from streams.auditors import pages
from streams.auditors.unusual import use_on
from streams.records.camera import Camera
from tests.attacks.world import World, make_world
from tests.people.audit.rows import entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> KeptEntries:
    fresh = KeptEntries()
    monkeypatch.setattr("facesite.web.audited.KEPT", fresh)
    return fresh


@pytest.fixture
def auditor(db: None) -> User:
    user = User.objects.create_user("lena", password="lena")
    user.groups.add(Group.objects.get(name="auditor"))
    return user


@pytest.fixture
def page(auditor: User, client: Client, kept: KeptEntries) -> Client:
    client.force_login(auditor)
    return client


def look(who: str = "ann", user: int = 7, action: Action = Action.LOOKED, kind: str = "person", *about: str) -> None:
    store([NewEntry(Actor(who, user), action, kind, about)])


def numbers(answer: Any) -> list[int]:
    return [row.entry.number for row in answer.context["rows"]]


def test_an_auditor_finds_who_looked_at_a_person_yesterday(page: Client) -> None:
    person, other = Person.objects.create(name="Ada"), Person.objects.create(name="Grace")
    look("bob", 8, Action.LOOKED, "person", f"person:{person.pk}")
    look("bob", 8, Action.LOOKED, "person", f"person:{other.pk}")
    day = str(timezone.localdate())
    for asked in ("ada", str(person.pk)):
        answer = page.get("/audit/", {"person": asked, "action": "looked", "since": day, "until": day})
        (row,) = answer.context["rows"]
        assert (row.entry.who, row.subjects[0].name) == ("bob", "Ada")
    tomorrow = str(timezone.localdate() + timedelta(days=1))
    assert not page.get("/audit/", {"person": "ada", "since": tomorrow}).context["rows"]


def test_what_was_chained_much_later_is_found_on_its_day(page: Client) -> None:
    done = timezone.now() - timedelta(days=2)
    late = entry(who="bob", at=done, about=["person:p1"])
    day = timezone.localdate(done)
    assert numbers(page.get("/audit/", {"who": "bob", "since": str(day), "until": str(day)})) == [late.number]
    assert [line.who for line in use_on(day)] == ["bob"]


def test_an_auditor_finds_what_somebody_did(page: Client) -> None:
    for name in ("ann", "bob", "ann"):
        entry(who=name)
    assert [row.entry.who for row in page.get("/audit/", {"who": "ann"}).context["rows"]] == ["ann", "ann"]


def test_an_auditor_finds_everything_about_a_sighting_and_a_camera(
    page: Client, world: World, kept: KeptEntries
) -> None:
    sighting = world.hall.sightings.get()
    look("ann", 7, Action.LOOKED, "sighting", f"sighting:{sighting.pk}", f"camera:{world.hall.pk}")
    look("ann", 7, Action.WATCHED, "camera", f"camera:{world.hall.pk}")
    assert len(numbers(page.get("/audit/", {"about": str(sighting.pk)}))) == 1
    found = page.get("/audit/", {"about": "hall", "kind": "camera", "action": "watched"})
    assert len(numbers(found)) == 1
    assert "Hall" in found.content.decode()
    page.get("/sightings/", {"camera": "hall"})
    kept.store()
    (number,) = numbers(page.get("/audit/", {"about": "Hall", "action": "listed"}))
    assert AuditEntry.objects.get(number=number).kind == "sighting"


@pytest.fixture
def world(db: None, media: Any) -> World:
    return make_world()


def test_pages_lead_to_older_and_newer_ones_without_a_gap(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    for _ in range(5):
        entry(who="ann")
    first = page.get("/audit/", {"who": "ann"})
    seen, older = numbers(first), first.context["older"]
    assert first.context["newer"] is None
    while older:
        answer = page.get("/audit/", {"who": "ann", "before": older})
        seen += numbers(answer)
        older = answer.context["older"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5
    back = page.get("/audit/", {"who": "ann", "after": answer.context["newer"]})
    assert numbers(back) == seen[2:4]


def test_an_entry_shows_what_was_before_and_after(page: Client) -> None:
    person = Person.objects.create(name="Ada")
    Person.objects.update(name="Ada King")
    chain_all()
    number = AuditEntry.objects.filter(kind="person", action="changed").values_list("number", flat=True).get()
    text = page.get(f"/audit/{number}/").content.decode()
    assert "Ada King" in text
    assert str(person.pk) in text
    assert page.get("/audit/999999/").status_code == 404


def test_entries_go_out_as_a_file(page: Client) -> None:
    entry(who="=cmd()")
    text = b"".join(page.get("/audit/csv/", {"who": "=cmd()"})).decode()
    assert len(text.splitlines()) == 2
    assert "'=cmd()" in text


def test_the_looks_of_auditors_are_entries_too(page: Client, kept: KeptEntries) -> None:
    person = Person.objects.create(name="Ada")
    page.get("/audit/", {"person": str(person.pk)})
    b"".join(page.get("/audit/csv/"))
    page.get("/audit/use/")
    kept.store()
    chain_all()
    looks = list(AuditEntry.objects.filter(kind="audit").order_by("number"))
    assert [(row.who, row.action) for row in looks] == [("lena", "listed"), ("lena", "exported"), ("lena", "listed")]
    assert looks[0].about == [f"person:{person.pk}"]


@pytest.mark.parametrize("address", ["/audit/", "/audit/1/", "/audit/csv/", "/audit/use/", "/api/v1/audit/"])
def test_only_auditors_who_see_everything_are_let_in(address: str, auditor: User, viewer: User) -> None:
    entry()
    viewer.user_permissions.clear()
    client = Client()
    client.force_login(viewer)
    assert client.get(address).status_code == 403
    PersonLimit.objects.create(user=auditor, group=PersonGroup.objects.create(name="Staff"))
    client.force_login(auditor)
    answer = client.get(address)
    assert answer.status_code == 403
    assert client.post(address).status_code in (403, 405)


def test_unusual_use_is_marked(page: Client) -> None:
    for number in range(3):
        look("bob", 8, Action.SEARCHED, "sighting", f"person:{number}", "person:9")
    look("ann", 7, Action.EXPORTED, "person")
    chain_all()
    first, second = use_on(timezone.localdate())
    assert (first.who, first.searches, first.people, first.looks) == ("bob", 3, 4, 3)
    assert (second.who, second.copies) == ("ann", 1)
    lines = page.get("/audit/use/", {"searches": 3}).context["lines"]
    assert [(line.who, marked) for line, marked in lines] == [("bob", True), ("ann", False)]


@pytest.mark.parametrize(
    "query",
    ["since=yesterday", "action=x", "before=x", "after=-1", "before=99999999999999999999", "who=" + "x" * 201],
)
def test_nonsense_is_refused(query: str, page: Client) -> None:
    assert page.get(f"/audit/?{query}").status_code == 400


@pytest.mark.parametrize("day", ["x", "0001-01-01", "9999-12-31"])
def test_a_day_beyond_the_calendar_is_no_fault(day: str, page: Client) -> None:
    assert page.get("/audit/use/", {"day": day}).status_code in (200, 400)
    assert page.get("/audit/", {"since": day, "until": day}).status_code in (200, 400)


def test_a_page_asks_the_same_however_many_entries_it_shows(page: Client, django_assert_max_num_queries: Any) -> None:
    camera = Camera.objects.create(name="Hall", slug="hall", source="0")
    for number in range(30):
        person = Person.objects.create(name=str(number))
        look("ann", 7, Action.LOOKED, "sighting", f"person:{person.pk}", f"camera:{camera.pk}")
    chain_all()
    with django_assert_max_num_queries(12):
        page.get("/audit/", {"who": "ann"})
