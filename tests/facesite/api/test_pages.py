"""The API in a browser: its reference, and pages to walk through it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from facesite.api.docs import reference, type_in_words
from people.records.person import Person

BROWSER = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def browser(viewer: User) -> Client:
    client = Client(headers=BROWSER)
    client.force_login(viewer)
    return client


def test_the_reference_names_every_operation_and_shape(browser: Client) -> None:
    page = browser.get("/api/docs/").content.decode()
    operations, shapes, _ = reference()
    assert len(operations) > 30
    for operation in operations:
        assert f'id="{operation.id}"' in page and operation.path in page
    for shape in shapes:
        assert f'id="shape-{shape.name}"' in page


def test_every_shape_of_an_object_is_described_for_users() -> None:
    _, shapes, _ = reference()
    lacking = [shape.name for shape in shapes if shape.fields and not shape.note]
    assert [name for name in lacking if not name.startswith(("Paginated", "AuthToken"))] == []
    assert not [shape.name for shape in shapes if "serializer" in shape.note.lower()]


def test_the_reference_tells_what_the_dialects_calls_are_their_ranges_and_their_refusals(browser: Client) -> None:
    page = browser.get("/api/docs/").content.decode()
    part = page.partition('id="compreface"')[2].partition("<section")[0]
    assert "for clients that were written for it" in part
    assert "How many of the biggest faces to look at; 0 for all. 0 to 1000, 0 if you leave it out." in part
    bodies = [body.shape for each in reference()[0] if each.id == "compreface_recognize" for body in each.bodies]
    assert bodies == ["CompreFacePictureRequest", "CompreFacePictureTextRequest"]
    assert all(f'<dd><a href="#shape-{body}">' in part for body in bodies)
    assert part.count('<dt>4XX</dt><dd><a href="#shape-CompreFaceRefusal">') == part.count("<details") == 18


def test_the_reference_fetches_nothing_from_elsewhere(browser: Client) -> None:
    page = browser.get("/api/docs/").content.decode()
    assert "<script>" not in page and "//cdn" not in page and 'src="http' not in page


def test_the_reference_and_the_schema_ask_for_a_login(db: None) -> None:
    assert Client(headers=BROWSER).get("/api/docs/").status_code == 302
    assert Client().get("/api/schema/").status_code == 401


def test_the_schema_is_served_to_whoever_has_logged_in(browser: Client) -> None:
    assert browser.get("/api/schema/?format=json").json()["openapi"] == "3.1.1"


@pytest.mark.parametrize("path", ["", "people/", "cameras/", "sightings/", "detections/", "photos/", "gallery/"])
def test_a_browser_gets_pages_and_a_program_json(browser: Client, path: str) -> None:
    url = f"/api/v1/{path}"
    assert browser.get(url).headers["Content-Type"].startswith("text/html")
    assert browser.get(url, headers={"accept": "*/*"}).headers["Content-Type"] == "application/json"


def test_a_browser_that_has_not_logged_in_gets_json(db: None) -> None:
    answer = Client(headers=BROWSER).get("/api/v1/people/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/json")


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"$ref": "#/components/schemas/Person"}, "Person"),
        ({"type": ["string", "null"], "format": "uuid"}, "text (uuid) or null"),
        ({"type": "array", "items": {"type": "integer"}}, "list of whole number"),
        ({"oneOf": [{"$ref": "#/x/Camera"}, {"type": "null"}]}, "Camera or null"),
        ({"enum": ["a", "b"], "type": "string"}, "a | b"),
        ({}, "any value"),
    ],
)
def test_types_are_told_in_words(schema: dict[str, object], words: str) -> None:
    assert type_in_words(schema) == words


@pytest.mark.parametrize(("path", "name"), [("", "API"), ("people/", "People"), ("imports/", "Imports")])
def test_a_page_is_called_what_it_shows(browser: Client, operator: User, path: str, name: str) -> None:
    browser.force_login(operator)
    assert f"<title>{name} – facesite API</title>" in browser.get(f"/api/v1/{path}").content.decode()


def test_the_root_leads_to_what_is_no_list_of_rows_too(browser: Client) -> None:
    leads = browser.get("/api/v1/", headers={"accept": "application/json"}).json()
    for name, path in {"recognise": "recognise/", "search": "sightings/search/", "live": "live/"}.items():
        assert leads[name] == f"http://testserver/api/v1/{path}"


def test_the_form_for_a_person_is_accepted_as_it_comes(browser: Client, operator: User) -> None:
    """Its metadata began as `null`, which is refused."""
    browser.force_login(operator)
    page = browser.get("/api/v1/people/").content.decode()
    before = re.search(r'<textarea[^>]*name="metadata"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    assert before
    answer = browser.post("/api/v1/people/", {"name": "Ada", "external_id": "", "metadata": before[1].strip()})
    assert answer.status_code == 201 and Person.objects.get().metadata == {}


def test_every_page_leads_to_the_reference(browser: Client, operator: User) -> None:
    browser.force_login(operator)
    for path in ("/", "/sightings/", "/admin/", "/api/v1/people/"):
        assert 'href="/api/docs/"' in browser.get(path).content.decode(), path


def test_a_camera_made_in_the_browser_is_switched_on_as_in_the_admin(browser: Client, operator: User) -> None:
    browser.force_login(operator)
    box = re.search(r'<input[^>]*name="enabled"[^>]*>', browser.get("/api/v1/cameras/").content.decode())
    assert box and "checked" in box[0]
