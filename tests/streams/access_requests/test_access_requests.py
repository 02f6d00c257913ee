"""Somebody asks what is kept about them: one ZIP that they can read, and nothing in it that shows others."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from people.audit.acting import Actor, acting
from people.audit.chaining import chain_all
from people.audit.storing import NewEntry, store
from people.audit.words import Action
from people.editing.merging import merge_people
from people.editing.proposing import add_proposal
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.proposal import ProposalKind
from people.records.watchlist import Watchlist
from streams.access_requests.access_request import KEPT, AccessRequest
from streams.access_requests.answer import AnswerArchive
from streams.access_requests.making import access_request_loop
from streams.access_requests.services import ask_for_everything, forget_answers, sweep_orphans
from streams.cases.case import Case
from streams.errors import SeesOnlySome
from tests.streams.erasing.conftest import Erase, Known, erase, files, known, no_waiting, officer
from tests.streams.pages.rows import JPEG

__all__ = ["erase", "known", "no_waiting", "officer"]
pytestmark = pytest.mark.django_db


def answered(known: Known, by: User) -> AccessRequest:
    row = ask_for_everything(
        person=known.ada, request="letter of 3 May, came with her card", site="https://x.example", by=by
    )
    assert access_request_loop().work_on_one(threading.Event())
    row.refresh_from_db()
    return row


def opened(row: AccessRequest) -> zipfile.ZipFile:
    with row.file.open("rb") as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def test_it_holds_pages_pictures_and_documents(known: Known, officer: User) -> None:
    row = answered(known, officer)
    assert (row.state, row.problem, row.done) == ("done", "", 1)
    names = opened(row).namelist()
    assert {"index.html", "style.css", "everything.json", "who-looked.html", "sightings-2026-03.html"} <= set(names)
    assert "photos/1.jpg" in names and "documents/1.pdf" in names and "sightings/000001-1.jpg" in names
    index = opened(row).read("index.html").decode()
    assert "What is kept about Ada Lovelace" in index and "Ada Lovelace wrote the first program" in index
    assert opened(row).read("photos/1.jpg") == JPEG


def test_pictures_that_they_sent_and_that_videos_show_are_in_it(known: Known, officer: User) -> None:
    watchlist = Watchlist.objects.create(name="Loud", two_people=True)
    with acting(lambda: Actor.of(officer)):
        add_proposal(kind=ProposalKind.ENTRY, watchlist=watchlist, person=known.ada.pk, reason="was loud", by=officer)
    archive = opened(answered(known, officer))
    assert archive.read("links/1-1.jpg") == JPEG and archive.read("videos/1-1.jpg") == JPEG
    index = archive.read("index.html").decode()
    assert 'src="links/1-1.jpg"' in index and 'src="videos/1-1.jpg"' in index
    assert "When Ada Lovelace comes" in index and "was loud" in index and "officer" not in index
    told = json.loads(archive.read("everything.json"))
    assert told["encodings_of_sightings"] == [{"engine": "engine of the test", "encodings": 1}]


def test_very_many_photos_do_not_cost_the_claim(known: Known, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.access_requests.answer.TELL_EVERY", 1)
    signs: list[int] = []
    with AnswerArchive(io.BytesIO(), timezone.now(), signs.append) as archive:
        archive.write(known.ada, site="")
    assert signs.count(0) >= 3  # a photo, a link, a video


def test_every_link_in_it_leads_to_a_file_in_it(known: Known, officer: User) -> None:
    import re

    archive = opened(answered(known, officer))
    for name in archive.namelist():
        if name.endswith(".html"):
            linked = set(re.findall(r'(?:href|src)="([^"#]+)"', archive.read(name).decode()))
            assert linked <= set(archive.namelist()), name


def test_no_whole_frame_and_no_other_person_is_in_it(known: Known, officer: User) -> None:
    archive = opened(answered(known, officer))
    assert not any(name.endswith(".webm") for name in archive.namelist())
    assert sum(name.startswith("sightings/") for name in archive.namelist()) == 1
    text = archive.read("index.html").decode() + archive.read("everything.json").decode()
    assert "Bob" not in text
    assert "What shows a whole room is left out" in text


def test_the_same_is_in_it_for_programs_without_encodings(known: Known, officer: User) -> None:
    told = json.loads(opened(answered(known, officer)).read("everything.json"))
    assert told["about"]["name"] == "Ada Lovelace"
    assert told["encodings"] == [
        {"engine": "another engine", "encodings": 1},
        {"engine": "engine of the test", "encodings": 1},
    ]
    assert told["sightings"][0]["entries"][0]["camera"] == "Door"
    assert "vector" not in json.dumps(told)


def test_who_looked_is_said_by_role_and_not_by_name(known: Known, officer: User) -> None:
    officer.groups.add(Group.objects.get(name="operator"))
    store([NewEntry(Actor.of(officer), Action.LOOKED, "person", (f"person:{known.ada.pk}",))])
    chain_all()
    looks = json.loads(opened(answered(known, officer)).read("everything.json"))["looks"]
    assert {"who": "operator", "what": "looked at person"}.items() <= next(
        each for each in looks if not each["changed"]
    ).items()
    assert "officer" not in json.dumps(looks)


def test_what_was_handed_over_and_seen_before_a_merge_is_in_it(known: Known, officer: User) -> None:
    """A case names the id that they had then, and the entries of looks do."""
    old = Person.objects.create(name="A. Lovelace")
    Case.objects.filter(pk=known.case.pk).update(people=[str(old.pk)], reason="for the police")
    store([NewEntry(Actor.of(officer), Action.LOOKED, "person", (f"person:{old.pk}", f"person:{known.ada.pk}"))])
    chain_all()
    merge_people(keep=known.ada, merge=old, by=None)
    told = json.loads(opened(answered(known, officer)).read("everything.json"))
    assert [row["why"] for row in told["handed_over"]] == ["for the police"]
    looks = [row for row in told["looks"] if row["what"] == "looked at person"]
    assert len(looks) == 1, "an entry about both ids is one look"


def test_it_is_kept_for_a_week(known: Known, officer: User, media: Path) -> None:
    row = answered(known, officer)
    assert row.kept_until and row.finished_at and row.kept_until == row.finished_at + timedelta(days=7)
    assert forget_answers(finished_before=timezone.now() - KEPT) == 0
    AccessRequest.objects.update(finished_at=timezone.now() - timedelta(days=8))
    assert forget_answers(finished_before=timezone.now() - KEPT) == 1
    assert not any(name.startswith("access-requests/") for name in files(media))
    assert sweep_orphans() == 0


def test_it_goes_with_the_person(known: Known, officer: User, erase: Erase, media: Path) -> None:
    answered(known, officer)
    erase(known.ada)
    assert not AccessRequest.objects.exists()
    assert not any(name.startswith("access-requests/") for name in files(media))


def test_whoever_sees_only_some_gets_none(known: Known, officer: User) -> None:
    group = PersonGroup.objects.create(name="Staff")
    group.people.add(known.ada)
    PersonLimit.objects.create(group=group, user=officer)
    with pytest.raises(SeesOnlySome):
        ask_for_everything(person=known.ada, request="x", site="", by=User.objects.get(pk=officer.pk))


def test_whoever_loses_the_right_gets_none(known: Known, officer: User) -> None:
    row = ask_for_everything(person=known.ada, request="x", site="", by=officer)
    officer.user_permissions.clear()
    assert access_request_loop().work_on_one(threading.Event())
    row.refresh_from_db()
    assert row.state == "failed" and "lost the right" in row.problem


def test_its_pages_lead_from_the_person_to_the_file(known: Known, officer: User) -> None:
    client = Client()
    client.force_login(officer)
    url = f"/people/{known.ada.pk}/"
    assert f'href="{url}access/"' not in client.get(url).content.decode()  # beside sightings, which the officer lacks
    assert client.post(f"{url}access/", {"request": ""}).status_code == 400
    answer = client.post(f"{url}access/", {"request": "letter"})
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert "Waiting for a worker" in page.content.decode()
    row = AccessRequest.objects.get()
    assert client.get(f"/access-requests/{row.pk}/fetch/").status_code == 404
    assert access_request_loop().work_on_one(threading.Event())
    fetched = client.get(f"/access-requests/{row.pk}/fetch/")
    assert fetched.status_code == 200 and b"".join(fetched.streaming_content)[:2] == b"PK"
    assert LogEntry.objects.filter(change_message="Fetched the ZIP.", object_id=str(row.pk)).exists()
    assert "Ada Lovelace" in client.get("/access-requests/").content.decode()
    assert client.post(f"/access-requests/{row.pk}/delete/").status_code == 302
    assert not AccessRequest.objects.exists()
