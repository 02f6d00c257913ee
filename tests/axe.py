"""What axe finds on a page in a real browser (WCAG 2.2 AA and good practice), and how wide a page is."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parent.parent / "node_modules" / "axe-core" / "axe.min.js"
COLOURS = ["color-contrast", "link-in-text-block"]
"""The only rules whose answer another colour scheme can change."""


def load_axe(page: Page) -> None:
    # Evaluated by the browser's own tools: as a script of the page the content policy would block it, rightly.
    page.evaluate(AXE.read_text())


def faults(page: Page) -> list[str]:
    """Loads axe and returns what it finds on the page as it is."""
    load_axe(page)
    return found_by_axe(page)


def found_by_axe(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """Returns what the axe that is loaded finds: by all rules, or by some."""
    options = {"runOnly": rules} if rules else {}
    found = page.evaluate("options => axe.run(document, options).then(all => all.violations)", options)
    return [f"{page.url} {each['id']}: {json.dumps([node['html'] for node in each['nodes']])[:300]}" for each in found]


def widths(page: Page) -> tuple[int, int]:
    """Returns how wide the page is, and how wide the window, in pixels."""
    shown, fits = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return shown, fits
