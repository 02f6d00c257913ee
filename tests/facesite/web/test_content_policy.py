"""What pages may load: nothing from elsewhere, no script in their own markup."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from django.urls import reverse
from playwright.sync_api import Page

from facesite.web.content_policy import HEADER
from tests.streams.pages.conftest import page, script, site  # noqa: F401 - the served site and its browser
from tests.streams.pages.rows import a_camera


def policy(headers: object) -> dict[str, str]:
    text = str(headers[HEADER])  # type: ignore[index]
    return {part.split()[0]: part for part in text.split("; ")}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login/", "/admin/login/", "/api/v1/", "/nowhere/"])
def test_no_answer_lets_a_script_in(client: Client, path: str) -> None:
    told = policy(client.get(path).headers)
    assert told["default-src"] == "default-src 'self'"
    assert "script-src" not in told
    assert told["object-src"] == "object-src 'none'"
    assert told["frame-ancestors"] == "frame-ancestors 'none'"


@pytest.mark.django_db(transaction=True)
async def test_the_asgi_server_says_so_too() -> None:
    assert policy((await AsyncClient().get("/login/")).headers)["default-src"] == "default-src 'self'"


@pytest.mark.django_db
def test_styles_in_markup_are_for_pages_that_others_wrote(client: Client) -> None:
    assert "style-src" not in policy(client.get("/login/").headers)
    assert "unsafe-inline" in policy(client.get("/admin/login/").headers)["style-src"]


@pytest.fixture
def viewer(operator: User) -> User:
    """Who looks at the pages here sees them all."""
    return operator


@pytest.mark.browser
def test_no_page_loads_what_it_may_not(page: Page) -> None:  # noqa: F811 - the fixture
    """The browser would say so on its console, which fails the test."""
    a_camera("Front door")
    models = [model._meta for model in admin.site._registry]
    lists = [reverse(f"admin:{m.app_label}_{m.model_name}_changelist") for m in models]
    for path in [
        "/",
        "/sightings/",
        "/cameras/front-door/",
        "/api/docs/",
        "/api/v1/",
        "/api/v1/people/",
        "/admin/",
        *lists,
    ]:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
