"""Somebody makes a rule for one of many people, whom they find by typing, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from facesite.asgi import application
from people.records.person import Person
from streams.alerts.rule_forms import MOST_OFFERED
from streams.records.rule import Rule

pytestmark = [pytest.mark.browser, pytest.mark.integration, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def script() -> Any:
    """In place of a scripted server the one that serves the site."""
    return application


def test_names_are_suggested_while_they_are_typed(page: Page, viewer: User, media: Path) -> None:
    User.objects.filter(pk=viewer.pk).update(is_superuser=True)
    Person.objects.bulk_create([Person(name=f"Visitor {number}") for number in range(MOST_OFFERED)])
    ada = Person.objects.create(name="Ada Lovelace")
    page.goto("/rules/new/")
    page.get_by_label("What it waits for").select_option("person")
    name = page.get_by_label("Name of the person")
    name.press_sequentially("lovel")
    expect(page.locator("#people-names option")).to_have_count(1)
    assert page.locator("#people-names option").first.text_content() == "Ada Lovelace"
    name.fill("Ada Lovelace")
    page.locator("input[name=name]").fill("Ada comes")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/rules/")
    assert Rule.objects.get().person == ada
