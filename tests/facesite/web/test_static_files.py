"""Static files are served as ServeStatic does it, and no other request goes through the event loop for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.module_loading import import_string

from facesite import settings as site

CSS = "/static/facesite/site.css"


@pytest.fixture
def client(settings: Any) -> Client:
    settings.MIDDLEWARE = site.MIDDLEWARE
    return Client()


def test_a_file_comes_with_its_kind_and_the_policies_of_the_site(client: Client) -> None:
    answer = client.get(CSS)
    content = b"".join(answer)  # type: ignore[call-overload] # of a streaming answer
    assert (answer.status_code, int(answer["Content-Length"])) == (200, len(content))
    assert answer["Content-Type"].startswith("text/css") and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] and answer["X-Request-ID"]


def test_an_unchanged_file_is_not_sent_again(client: Client) -> None:
    first = client.get(CSS)
    assert client.get(CSS, headers={"if-modified-since": first["Last-Modified"]}).status_code == 304


@pytest.mark.django_db
def test_a_missing_file_and_a_way_out_of_the_folder_are_not_found(client: Client) -> None:
    for address in ("/static/facesite/nothing.css", "/static/../settings.py", "/static/%2e%2e/settings.py"):
        assert client.get(address).status_code == 404, address


def test_all_middleware_can_run_in_the_thread_of_a_request() -> None:
    """One that cannot makes Django go to the event loop and back for each middleware before it."""
    ways = [import_string(name) for name in site.MIDDLEWARE]
    assert [way for way in ways if not getattr(way, "sync_capable", True)] == []
