"""A sighting that says "look closer": in its row, over the API, in lists, files and on its page, beside its outcome."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from people.recognition.types import Verdict
from people.records.person import Person
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.running.recording import record_sighting
from streams.sightings.explanations import HINT_ONLY, LOOK_CLOSER, explain
from streams.wire.builders import sighting_record
from tests.streams.pages.rows import a_camera, a_sighting
from tests.streams.said import sighting_change

URL = "/api/v1/sightings/"
HINT = {"look_closer": True, "liveness": 0.12}


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


@pytest.fixture
def pair(ada: Person) -> tuple[Sighting, Sighting]:
    """Ada with the hint, and Ada without."""
    door = a_camera()
    return a_sighting(door, ada, **HINT), a_sighting(door, ada, liveness=0.9)


def test_it_is_recorded_and_the_verdict_stays(hall: Camera, ada: Person) -> None:
    named = {"verdict": Verdict.MATCH, "person": str(ada.pk), "distance": 0.2}
    record_sighting(camera_id=hall.pk, change=sighting_change(**named, **HINT), snapshots={})
    sighting = Sighting.objects.get()
    assert (sighting.verdict, sighting.person, sighting.look_closer, sighting.liveness) == ("match", ada, True, 0.12)


def test_a_sighting_of_a_camera_without_hints_says_nothing(hall: Camera) -> None:
    record_sighting(camera_id=hall.pk, change=sighting_change(), snapshots={})
    assert (Sighting.objects.get().look_closer, Sighting.objects.get().liveness) == (False, None)


def test_no_row_looks_closer_for_no_reason(hall: Camera) -> None:
    with pytest.raises(IntegrityError, match="sighting_look_closer_for_a_reason"):
        a_sighting(hall, look_closer=True)


def test_the_api_shows_and_filters_it(as_viewer: APIClient, pair: tuple[Sighting, Sighting]) -> None:
    hinted, other = pair
    shown = as_viewer.get(f"{URL}{hinted.pk}/").json()
    assert (shown["look_closer"], shown["liveness"], shown["verdict"]) == (True, 0.12, "match")
    for asked, expected in (("true", {hinted}), ("false", {other}), (None, {hinted, other})):
        found = as_viewer.get(URL, {"look_closer": asked} if asked else {}).json()["results"]
        assert {row["id"] for row in found} == {str(sighting.pk) for sighting in expected}
    assert as_viewer.get(URL, {"look_closer": "perhaps"}).status_code == 400


def test_the_file_has_it(as_viewer: APIClient, pair: tuple[Sighting, Sighting]) -> None:
    rows = csv.DictReader(StringIO(as_viewer.get(f"{URL}csv/").getvalue().decode()))
    assert {(row["look_closer"], row["liveness"]) for row in rows} == {("true", "0.1200"), ("false", "0.9000")}


def test_the_explanation_of_the_outcome_is_the_same(pair: tuple[Sighting, Sighting]) -> None:
    assert explain(pair[0]) == explain(pair[1])


def test_the_message_to_browsers_says_it(pair: tuple[Sighting, Sighting]) -> None:
    assert [sighting_record(sighting, None)["look_closer"] for sighting in pair] == [True, False]


def test_the_list_marks_and_filters_it(client: Client, viewer: User, pair: tuple[Sighting, Sighting]) -> None:
    client.force_login(viewer)
    page = client.get(reverse("sightings"))
    assert page.content.decode().count('class="look-closer"') == 1
    page = client.get(reverse("sightings"), {"look_closer": "true"})
    assert page.context["page"].rows == [pair[0]]
    assert '<option value="true" selected>Look closer</option>' in page.content.decode()


def test_the_page_says_words_first_and_the_number_under_details(
    client: Client, viewer: User, media: Path, pair: tuple[Sighting, Sighting]
) -> None:
    client.force_login(viewer)
    page = client.get(reverse("sighting", args=[pair[0].pk])).content.decode()
    assert LOOK_CLOSER in page and HINT_ONLY in page
    assert page.index(LOOK_CLOSER) < page.index("<details>") < page.index("0.12, where 0 is a held picture")
    page = client.get(reverse("sighting", args=[pair[1].pk])).content.decode()
    assert LOOK_CLOSER not in page
    assert "That there is no hint proves nothing" in page


def test_the_page_of_a_camera_without_hints_says_nothing_of_it(client: Client, viewer: User, ada: Person) -> None:
    client.force_login(viewer)
    page = client.get(reverse("sighting", args=[a_sighting(a_camera(), ada).pk])).content.decode()
    assert "held picture" not in page


def test_the_admin_marks_filters_and_explains_it(
    client: Client, operator: User, pair: tuple[Sighting, Sighting]
) -> None:
    client.force_login(operator)
    changelist = reverse("admin:streams_sighting_changelist")
    assert client.get(changelist).content.decode().count(">look closer</span>") == 1
    listed: Any = client.get(changelist, {"look_closer__exact": "1"}).context["cl"].queryset
    assert list(listed) == [pair[0]]
    page = client.get(reverse("admin:streams_sighting_change", args=[pair[0].pk])).content.decode()
    assert LOOK_CLOSER in page


@pytest.mark.parametrize(("hinting", "hidden"), [(True, 0), (False, 1)])
def test_the_live_page_offers_it_where_a_camera_hints(client: Client, viewer: User, hinting: bool, hidden: int) -> None:
    camera = a_camera(liveness_hint=hinting)
    client.force_login(viewer)
    for url in (reverse("dashboard"), reverse("camera", args=[camera.slug])):
        assert client.get(url).content.decode().count("<label data-feed-hints hidden>") == hidden
