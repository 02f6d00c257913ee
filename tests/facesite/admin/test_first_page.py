"""The admin's first page says what needs doing, to whoever may do it, and leads to the very list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from facesite.admin.first_page import first_page
from people.admin.matter import MOST_COUNTED, words
from people.gallery.calibrating import set_thresholds
from people.imports.jobs import ImportJob
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from streams.records.alert import Alert
from streams.records.camera import Camera, CameraStatus
from streams.records.channel import Channel
from streams.records.groups import CameraGroup, CameraLimit
from streams.records.rule import Rule
from tests.facesite.admin.test_menu import logged_in, staff

DOWN = "The camera’s server refuses the connection."


def said(user: User) -> list[str]:
    page = first_page(User.objects.get(pk=user.pk))  # as the next request asks, without the rights kept from before
    return [matter.said for matter in (*page.to_do, *page.going_on)]


def a_camera(name: str, state: str = "live", reason: str = "", **more: Any) -> Camera:
    camera = Camera.objects.create(name=name, slug=name.lower(), source=f"{name}.mp4", **more)
    now = timezone.now()
    lease = {"lease_holder": "worker", "lease_expires_at": now + timedelta(minutes=1)}
    CameraStatus.objects.create(camera=camera, state=state, reason=reason, heartbeat_at=now, **lease)
    return camera


def a_photo(person: Person, state: str, reason: str = "") -> Photo:
    return Photo.objects.create(person=person, image="gone.jpg", sha256=uuid4().hex, state=state, reason=reason)


def an_alert(camera: Camera) -> Alert:
    fields = {"rule_name": "Nobody after hours", "kind": "unknown", "severity": "alarm", "subject": str(uuid4())}
    return Alert.objects.create(camera=camera, camera_name=camera.name, captured_at=timezone.now(), **fields)


def a_broken_channel(name: str = "Guards") -> Channel:
    failing = {"failing_since": timezone.now(), "last_problem": "The receiver answered 500."}
    return Channel.objects.create(name=name, kind="webhook", **failing)


def an_ended_rule(name: str = "Ada came") -> Rule:
    return Rule.objects.create(name=name, kind="person", is_on=False, off_because="person")


def an_import(state: str) -> ImportJob:
    is_over = state == "done"
    now = timezone.now() if is_over else None
    fields = {"original_name": f"{state}.zip", "size_bytes": 1, "entries_total": 1, "finished_at": now}
    return ImportJob.objects.create(state=state, file="" if is_over else "gone.zip", **fields)


@pytest.fixture
def everything_wrong(db: None) -> None:
    hall = a_camera("Hall", "down", DOWN)
    a_camera("Yard")
    ada, grace = (Person.objects.create(name=name) for name in ("Ada Lovelace", "Grace Hopper"))
    Person.objects.create(name="Retired", retired_at=timezone.now())
    a_photo(ada, "review", "looks_like_other")
    a_photo(ada, "choose", "several_faces")
    a_photo(ada, "enrolled")
    a_photo(ada, "pending")
    an_alert(hall)
    a_broken_channel()
    an_ended_rule()
    for state in ("asking", "working", "waiting", "done"):
        an_import(state)
    assert grace.name


def test_a_site_without_trouble_says_that_nothing_needs_doing(operator: User) -> None:
    assert said(operator) == []
    page = logged_in(operator).get("/admin/").content.decode()
    assert "Nothing needs doing." in page and "this site has not been calibrated" in page


def test_it_says_what_needs_doing_most_urgent_first(operator: User, everything_wrong: None) -> None:
    assert said(operator) == [
        "1 camera gives no pictures",
        "1 channel fails: nobody is told by it",
        "1 rule was switched off by itself",
        "1 alert is open",
        "1 odd photo may show somebody else",
        "2 photos wait for a decision (the odd ones among them)",
        "1 person has no photo and is not recognised",
        "1 import asks who is who",
        "2 imports are running",
        "1 photo waits to be read",
    ]
    page = logged_in(operator).get("/admin/").content.decode()
    for why in (DOWN, "The receiver answered 500.", "It is off, because its person was deleted."):
        assert why in page.replace("&#x27;", "'")


def test_each_link_leads_to_the_very_rows(operator: User, everything_wrong: None) -> None:
    client = logged_in(operator)
    rows = {
        "1 camera gives": ["Hall"],
        "1 channel fails": ["Guards"],
        "1 rule was": ["Ada came"],
        "1 person has": ["Grace Hopper"],
        "1 import asks": ["asking.zip"],
        "2 imports are": ["waiting.zip", "working.zip"],
    }
    for matter in (*first_page(operator).to_do, *first_page(operator).going_on):
        answer = client.get(matter.url)
        assert answer.status_code == 200
        expected = next((names for begins, names in rows.items() if matter.said.startswith(begins)), None)
        if "cl" in answer.context and expected:
            assert sorted(str(row) for row in answer.context["cl"].result_list) == expected
        elif "cl" in answer.context:
            assert matter.said.startswith(str(len(answer.context["cl"].result_list)))
        for row in matter.rows:
            assert client.get(row.url).status_code == 200


@pytest.mark.parametrize(
    ("role", "begins"),
    [
        ("viewer", ["1 photo waits"]),
        ("enroller", ["1 odd", "2 photos", "1 person", "1 import", "2 imports", "1 photo waits"]),
        ("operator", ["1 camera", "1 alert", "1 photo waits"]),
        ("auditor", ["1 photo waits"]),
    ],
)
def test_a_role_is_told_what_it_can_do_something_about(everything_wrong: None, role: str, begins: list[str]) -> None:
    told = said(staff(role))
    assert [words[: len(begin)] for words, begin in zip(told, begins, strict=False)] == begins, told


def test_an_administrator_is_told_everything(everything_wrong: None) -> None:
    assert len(said(staff("administrator"))) == 10


def test_limits_hide_other_peoples_photos_and_cameras(everything_wrong: None) -> None:
    chief = staff("administrator")
    people, cameras = PersonGroup.objects.create(name="Staff"), CameraGroup.objects.create(name="Front")
    cameras.cameras.add(Camera.objects.get(name="Yard"))
    PersonLimit.objects.create(user=chief, group=people)
    CameraLimit.objects.create(user=chief, group=cameras)
    assert said(chief) == []
    assert first_page(chief).in_force is None


def test_a_camera_that_tries_again_still_counts_and_one_that_is_off_does_not(operator: User) -> None:
    a_camera("Again", "connecting", DOWN)
    a_camera("Starting", "connecting")
    a_camera("Off", "down", DOWN, enabled=False)
    Camera.objects.create(name="New", slug="new", source="new.mp4")
    (matter,) = first_page(operator).to_do
    assert [(row.name, row.why) for row in matter.rows] == [("Again", DOWN), ("New", "It waits for a worker.")]


def test_of_many_some_are_named_and_the_list_has_the_others(operator: User) -> None:
    for number in range(7):
        a_camera(f"Door {number}".replace(" ", ""), "down", DOWN)
    (matter,) = first_page(operator).to_do
    assert matter.said == "7 cameras give no pictures"
    assert (len(matter.rows), matter.more) == (5, "and 2 more")


def test_large_numbers_are_not_counted_to_the_end(operator: User) -> None:
    Person.objects.bulk_create(Person(name=f"Somebody {number}") for number in range(MOST_COUNTED + 5))
    assert said(operator) == ["1,000+ people have no photo and are not recognised"]
    assert words(1_000, "one", "many") == "1,000 many"


def test_it_says_by_whom_and_why_the_threshold_was_chosen(operator: User) -> None:
    set_thresholds(match=0.3, reason="1 in 1,000 strangers at most", by=operator, wanted_rate=0.001)
    now = first_page(operator).in_force
    assert now and now.is_calibrated and now.thresholds.endswith("by operator: 1 in 1,000 strangers at most")
    assert now.thresholds.startswith("Calibrated on ")
    set_thresholds(match=0.31, reason="As before", by=operator)
    now = first_page(operator).in_force
    assert now and now.thresholds.startswith("Chosen by hand on ")


def test_more_trouble_costs_no_more_queries(operator: User, everything_wrong: None) -> None:
    client = logged_in(operator)
    client.get("/admin/")
    few = _queries(client)
    hall, ada = Camera.objects.get(name="Hall"), Person.objects.get(name="Ada Lovelace")
    for number in range(4):
        a_camera(f"Door{number}", "down", DOWN)
        a_photo(ada, "review", "unlike_own")
        an_alert(hall)
        a_broken_channel(f"Channel {number}")
        an_ended_rule(f"Rule {number}")
    assert _queries(client) == few <= 23


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get("/admin/")
    return len(captured)
