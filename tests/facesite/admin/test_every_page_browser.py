"""Every page of the admin in a real browser: axe finds nothing in light and dark, and nothing sticks out."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page

from tests.axe import COLOURS, faults, found_by_axe, widths
from tests.facesite.admin.conftest import DESK_PX
from tests.facesite.admin.pages import every_page

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(600)]
PHONE_PX = 390
OF_A_PHONE = ["scrollable-region-focusable", "target-size", "color-contrast", "label", "button-name", "link-name"]
"""Rules whose answer the layout can change; what the others ask is the same at any width."""


def what_is_wrong(page: Page, path: str) -> list[str]:
    """Looks at one page in light, in dark and on a phone."""
    answer = page.goto(path)
    assert answer is not None and answer.status == 200, path
    found = faults(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {each}" for each in found_by_axe(page, rules=COLOURS)]
    page.emulate_media(color_scheme="light")
    found += too_wide(page)
    page.set_viewport_size({"width": PHONE_PX, "height": 844})
    found += [*too_wide(page), *(f"phone: {each}" for each in found_by_axe(page, rules=OF_A_PHONE))]
    page.set_viewport_size({"width": DESK_PX, "height": 900})
    return found


def too_wide(page: Page) -> list[str]:
    shown, fits = widths(page)
    return [f"{page.url} is {shown} px wide in a window of {fits}"] if shown > fits else []


def test_no_page_has_a_fault_in_any_colour_scheme_or_on_a_phone(page: Page, owner: User) -> None:
    paths = every_page(owner)
    wrong = [each for path in paths for each in what_is_wrong(page, path)]
    assert not wrong, f"{len(wrong)} faults on {len(paths)} pages:\n" + "\n".join(wrong)
    assert len(paths) > 70
