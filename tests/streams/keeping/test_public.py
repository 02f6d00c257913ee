"""The public page and the public part of the API: for everybody, the same for everybody, and about nobody."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from people.records.keeping_term import KEPT, KeepingTerm, KeptKind
from people.records.person import Person
from people.records.privacy_notice import PrivacyNotice
from streams.records.camera import Camera
from streams.records.camera_keeping import CameraKeeping
from tests.keeping import kept_for
from tests.streams.keeping.test_enforcing import a_seen

pytestmark = pytest.mark.django_db


def shown() -> str:
    answer = Client().get("/privacy/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_reads_what_is_kept_what_for_and_how_long() -> None:
    kept_for(30)
    KeepingTerm.objects.filter(pk=KeptKind.ALERTS).update(purpose="To call the guard <b>at once</b>.")
    PrivacyNotice.objects.create(place="Town library", contact="Ann\n0123 456")
    page = shown()
    for words in ("Town library", "Ann<br>0123 456", "30 days", "for ever", "To call the guard &lt;b&gt;at once"):
        assert words in page
    for kind in KeptKind:
        assert (KEPT[kind].public or kind.label) in page


def test_it_says_that_nobody_is_named_yet_where_nobody_is() -> None:
    assert "Nobody has written down here yet whom to ask" in shown()


def test_it_names_no_camera_unless_the_owner_says_so(hall: Camera) -> None:
    CameraKeeping.objects.create(camera=hall, strangers_days=3)
    Camera.objects.create(name="Safe", slug="safe", source="0", strangers="discarded")
    Camera.objects.create(name="Old door", slug="old", source="0", strangers="nothing", enabled=False)
    page = shown()
    assert "Hall" not in page and "Safe" not in page
    assert "1 camera: Sightings of strangers: 3 days." in page and "discarded at once" in page
    PrivacyNotice.objects.create(names_cameras=True)
    page = shown()
    assert "<strong>Hall</strong>" in page and "<strong>Safe</strong>" in page
    assert "Old door" not in page  # it is switched off


def test_it_says_that_nothing_is_kept_of_strangers_only_where_no_camera_does(hall: Camera) -> None:
    words = "Nothing is kept of people who are not enrolled"
    assert words not in shown()
    Camera.objects.update(strangers="discarded")
    assert words in shown()
    Camera.objects.create(name="Door", slug="door", source="0")
    assert words not in shown()


def test_it_counts_nobody(hall: Camera) -> None:
    """Nobody learns from it how many people are enrolled, or how many were seen."""
    before = shown()
    for number in range(7):
        a_seen(hall, 1, Person.objects.create(name=f"Person {number}"))
    assert shown() == before


def test_caches_may_keep_it_because_it_is_the_same_for_everybody(operator: User, client: Client) -> None:
    anonymous = Client().get("/privacy/")
    client.force_login(operator)
    known = client.get("/privacy/")
    assert known.content == anonymous.content
    for answer in (anonymous, known):
        assert answer["Cache-Control"] == "public, max-age=300"
        assert not answer.cookies
        assert "unsafe" not in answer["Content-Security-Policy"]
    again = Client().get("/privacy/", headers={"If-None-Match": anonymous["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    kept_for(5)
    assert Client().get("/privacy/", headers={"If-None-Match": anonymous["ETag"]}).status_code == 200


def test_it_is_small_and_only_read(django_assert_max_num_queries: object) -> None:
    assert len(shown()) < 20_000
    assert Client().post("/privacy/").status_code == 405


def test_its_queries_do_not_grow_with_the_cameras(django_assert_max_num_queries: object) -> None:
    for number in range(30):
        camera = Camera.objects.create(name=f"C {number}", slug=f"c-{number}", source="0", strangers="numbers")
        CameraKeeping.objects.create(camera=camera, named_days=1 + number % 3)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        shown()


def test_the_api_says_the_same_without_a_login(hall: Camera) -> None:
    CameraKeeping.objects.create(camera=hall, strangers_days=3)
    answer = APIClient().get("/api/v1/keeping/public/")
    assert answer.status_code == 200
    terms = {term["kind"]: term for term in answer.json()["terms"]}
    assert (terms["encodings"]["days"], terms["encodings"]["how_long"]) == (30, "30 days")
    assert answer.json()["differences"] == [{"says": "Sightings of strangers: 3 days.", "cameras": [], "count": 1}]
