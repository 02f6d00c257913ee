"""The three decisions on an odd photo in a real browser: by one press each, on a desk and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from people.editing import services
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import unit_vector

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder for pictures of each page, for people to look at; none without."""
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def tab(request: pytest.FixtureRequest, browser: Browser, live_server: Any, operator: User) -> Iterator[Page]:
    """An error in its console fails the test."""
    client = Client()
    client.force_login(operator)
    context = browser.new_context(base_url=live_server.url, viewport=request.param)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def portrait(portraits: Path, media: Path) -> Callable[..., Photo]:
    def add(person: Person, name: str, state: str = "enrolled", **values: Any) -> Photo:
        data = (portraits / name).read_bytes()
        photo = services.add_photo(person=person, file=data, original_name=name, by=None)
        Photo.objects.filter(pk=photo.pk).update(state=state, crop=photo.image.name, **values)
        Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(len(name)), quality=0.9)
        return photo

    return add


@pytest.fixture
def odd(portrait: Callable[..., Photo]) -> Photo:
    barack, joe = Person.objects.create(name="Barack"), Person.objects.create(name="Joe")
    portrait(barack, "obama.jpg")
    portrait(joe, "biden.jpg")
    detail = {"person": str(joe.pk), "distance": 0.61}
    return portrait(barack, "astronaut.png", "review", reason="unlike_own", reason_detail=detail)


def shot(page: Page, name: str) -> None:
    if SHOTS:
        width = (page.viewport_size or {}).get("width")
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(
    ("button", "person", "state"),
    [
        ("It is the same person", "Barack", "enrolled"),
        ("Remove", "Barack", "rejected"),
        ("Move to Joe", "Joe", "pending"),
    ],
)
def test_one_press_on_the_card_decides(tab: Page, odd: Photo, button: str, person: str, state: str) -> None:
    tab.goto(reverse("admin:people_person_change", args=[odd.person_id]))
    expect(tab.get_by_text("unlike the other photos")).to_be_visible()
    shot(tab, "card")
    assert fits(tab)
    tab.get_by_role("button", name=button).click()
    tab.wait_for_load_state()
    odd.refresh_from_db()
    assert (odd.person.name, odd.state) == (person, state)


def test_the_list_decides_and_shows_itself_again(tab: Page, odd: Photo) -> None:
    tab.goto("/admin/people/photo/?doubt=odd")
    shot(tab, "list")
    tab.get_by_role("button", name="Remove").click()
    tab.wait_for_url("**/admin/people/photo/?doubt=odd")
    expect(tab.get_by_text("recognises nobody")).to_be_visible()


def test_somebody_is_found_by_name_to_move_it_to(tab: Page, odd: Photo) -> None:
    eileen = Person.objects.create(name="Eileen")
    tab.goto(reverse("admin:people_photo_review", args=[odd.pk]))
    shot(tab, "review")
    assert fits(tab)
    main = tab.locator(".card-button-main")
    expect(main).to_have_count(1)
    expect(main).to_have_text("It is Joe: move it there")
    tab.locator("#move .select2-selection").click()
    tab.locator(".select2-search__field").fill("Eil")
    tab.get_by_role("option", name="Eileen").click()
    tab.get_by_role("button", name="Move to this person").click()
    tab.wait_for_load_state()
    odd.refresh_from_db()
    assert odd.person == eileen
