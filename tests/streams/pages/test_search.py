"""The page that searches past sightings by a photo: as a plain form, and in a real browser."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect

from people.recognising.uploaded import look
from people.records.person import Person
from streams.pipeline.messages import MeanEncoding
from streams.records.camera import Camera
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding, keep_encoding
from tests.streams.pages.rows import a_camera, a_detection, a_sighting
from tests.streams.said import encoding

URL = "/sightings/search/"


@pytest.fixture
def searcher(viewer: User) -> User:
    viewer.user_permissions.add(Permission.objects.get(codename="search_sightings"))
    return User.objects.get(pk=viewer.pk)


@pytest.fixture
def at_page(client: Client, searcher: User, media: Path) -> Client:
    client.force_login(searcher)
    return client


def kept(camera: Camera, distance: float, person: Person | None = None) -> Sighting:
    """A sighting with a picture, whose face is `distance` from that of kept(camera, 0)."""
    sighting = a_sighting(camera, person)
    a_detection(sighting)
    keep_encoding(sighting=sighting, encoding=encoding(distance=distance))
    return sighting


def test_only_who_may_search_and_see_gets_the_page(client: Client, viewer: User, stranger: User) -> None:
    assert client.get(URL).status_code == 302
    client.force_login(viewer)
    assert (client.get(URL).status_code, client.post(URL).status_code) == (403, 403)
    assert "Search by photo" not in client.get(reverse("sightings")).content.decode()
    stranger.user_permissions.add(Permission.objects.get(codename="search_sightings"))
    client.force_login(stranger)
    assert client.get(URL).status_code == 403


def test_a_sighting_leads_to_the_others_of_its_face(at_page: Client) -> None:
    camera = a_camera()
    sighting, near, far = kept(camera, 0), kept(camera, 0.3), kept(camera, 0.9)
    assert "Where else was this face?" in at_page.get(reverse("sighting", args=[sighting.pk])).content.decode()
    answer = at_page.post(URL, {"sighting": sighting.pk})
    page = answer.content.decode()
    assert [found.sighting for found in answer.context["search"].found] == [near]
    assert reverse("sighting", args=[near.pk]) in page and reverse("sighting", args=[far.pk]) not in page
    assert "1 sighting of 2 compared" in page and "certain" in page and "0.30" in page
    row = SearchLog.objects.get()
    assert (row.who, row.sighting, row.found) == ("viewer", sighting.pk, 1)


def test_a_sighting_without_an_encoding_offers_no_search(at_page: Client) -> None:
    sighting = kept(a_camera(), 0)
    SightingEncoding.objects.all().delete()
    assert "Where else" not in at_page.get(reverse("sighting", args=[sighting.pk])).content.decode()
    answer = at_page.post(URL, {"sighting": sighting.pk})
    assert answer.status_code == 409 and "its encoding is not kept any more" in answer.content.decode()


def test_the_filters_of_the_list_narrow_it_and_are_written_down(at_page: Client) -> None:
    door, yard = a_camera("Door"), a_camera("Yard")
    sighting, there = kept(door, 0), kept(yard, 0.2)
    kept(door, 0.1)
    answer = at_page.post(URL, {"sighting": sighting.pk, "camera": "yard", "since": "2026-03-14", "within": "0.3"})
    assert [found.sighting for found in answer.context["search"].found] == [there]
    row = SearchLog.objects.get()
    assert (row.filters, row.within) == ({"camera": "Yard", "since": "2026-03-14T00:00:00+00:00"}, 0.3)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "Choose a picture first."),
        ({"sighting": "nonsense"}, "This sighting cannot be searched by."),
        ({"sighting": "4f3c1e2a-0000-4000-8000-000000000000"}, "This sighting cannot be searched by."),
        ({"camera": "nowhere"}, "Select a valid choice"),
        ({"within": "9"}, "less than or equal to 0.88"),
        ({"box": "1;2", "since": "yesterday"}, "The place of the face cannot be read."),
    ],
)
def test_a_search_without_sense_is_refused_in_words(at_page: Client, query: dict[str, str], words: str) -> None:
    answer = at_page.post(URL, query)
    assert answer.status_code == 400 and words in answer.content.decode()
    assert not SearchLog.objects.exists()


def test_a_picture_that_is_too_large_is_not_even_read(at_page: Client, settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    answer = at_page.post(URL, {"image": SimpleUploadedFile("a.jpg", b"x" * 1001)})
    assert answer.status_code == 400 and "larger than" in answer.content.decode()


def test_more_results_ask_the_database_no_more_often(at_page: Client) -> None:
    camera = a_camera()
    sighting = kept(camera, 0)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert at_page.post(URL, {"sighting": sighting.pk}).status_code == 200
        return len(captured)

    kept(camera, 0.1)
    few = queries()
    for number in range(8):
        kept(camera, 0.1, Person.objects.create(name=f"Person {number}"))
    assert queries() == few


@pytest.fixture
def two_faces(portraits: Path) -> bytes:
    """Biden at the left, a larger Obama at the right."""
    biden = Image.open(portraits / "biden.jpg").convert("RGB").resize((360, 450))
    obama = Image.open(portraits / "obama.jpg").convert("RGB").resize((480, 600))
    both = Image.new("RGB", (840, 600))
    both.paste(biden, (0, 0))
    both.paste(obama, (360, 0))
    file = io.BytesIO()
    both.save(file, "PNG")
    return file.getvalue()


OpenSightings = dict[str, Sighting]


@pytest.fixture
def sightings(portraits: Path, media: Path) -> Callable[[], OpenSightings]:
    def make() -> OpenSightings:
        made = {}
        for name in ("obama2", "biden"):
            picture = (portraits / f"{name}.jpg").read_bytes()
            probes, engine = look(picture, most=1)
            vector = probes.found[0].vector
            assert vector is not None
            made[name] = a_sighting(a_camera(name))
            a_detection(made[name], picture=picture)
            keep_encoding(sighting=made[name], encoding=MeanEncoding(engine, vector.tobytes(), 0.9))
        return made

    return make


@pytest.mark.integration
@pytest.mark.usefixtures("lookers")
def test_without_scripts_the_form_searches_for_the_biggest_face_and_offers_the_others(
    at_page: Client, sightings: Callable[[], OpenSightings], two_faces: bytes
) -> None:
    seen = sightings()
    answer = at_page.post(URL, {"image": SimpleUploadedFile("two.png", two_faces)})
    assert [found.sighting for found in answer.context["search"].found] == [seen["obama2"]]
    page = answer.content.decode()
    assert page.count('name="box"') == 2 and "Face 1, the biggest" in page
    smaller = answer.context["search"].wanted.picture.found[1].face.box
    again = at_page.post(
        URL, {"image": SimpleUploadedFile("two.png", two_faces), "box": ",".join(str(int(edge)) for edge in smaller)}
    )
    assert [found.sighting for found in again.context["search"].found] == [seen["biden"]]


@pytest.mark.integration
@pytest.mark.usefixtures("lookers")
def test_what_is_no_face_is_refused_in_words(at_page: Client) -> None:
    answer = at_page.post(URL, {"image": SimpleUploadedFile("a.png", b"no picture")})
    assert answer.status_code == 400 and "not a picture" in answer.content.decode()


@pytest.mark.integration
@pytest.mark.browser
@pytest.mark.usefixtures("lookers")
def test_in_a_browser_a_chosen_picture_is_searched_at_once_and_its_other_face_with_a_click(
    page: Page, viewer: User, sightings: Callable[[], OpenSightings], two_faces: bytes
) -> None:
    viewer.user_permissions.add(Permission.objects.get(codename="search_sightings"))
    seen = sightings()
    page.goto(URL)
    picture = {"name": "two.png", "mimeType": "image/png", "buffer": two_faces}
    page.get_by_label("Picture with the face").set_input_files([picture])  # type: ignore[list-item]
    found = page.locator(".found-link")
    expect(found).to_have_attribute("href", reverse("sighting", args=[seen["obama2"].pk]), timeout=30_000)
    boxes = page.locator(".search-box")
    expect(boxes).to_have_count(2)
    expect(boxes.first).to_have_attribute("aria-pressed", "true")
    left, right = boxes.nth(1).bounding_box(), boxes.first.bounding_box()
    assert left and right and left["x"] < right["x"]
    boxes.nth(1).focus()
    page.keyboard.press("Enter")
    expect(found).to_have_attribute("href", reverse("sighting", args=[seen["biden"].pk]), timeout=30_000)
    expect(boxes.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("status")).to_contain_text("1 sighting of 2 compared")
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
