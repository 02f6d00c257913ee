"""The API in a browser: its reference, and pages to walk through it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from facesite.api_docs import reference, type_in_words

BROWSER = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def browser(viewer: User) -> Client:
    client = Client(headers=BROWSER)
    client.force_login(viewer)
    return client


def test_the_reference_names_every_operation_and_shape(browser: Client) -> None:
    page = browser.get("/api/docs/").content.decode()
    operations, shapes = reference()
    assert len(operations) > 30
    for operation in operations:
        assert f'id="{operation.id}"' in page and operation.path in page
    for shape in shapes:
        assert f'id="shape-{shape.name}"' in page


def test_every_shape_of_an_object_is_described_for_users() -> None:
    _, shapes = reference()
    lacking = [shape.name for shape in shapes if shape.fields and not shape.note]
    assert [name for name in lacking if not name.startswith(("Paginated", "AuthToken"))] == []
    assert not [shape.name for shape in shapes if "serializer" in shape.note.lower()]


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
