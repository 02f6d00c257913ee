"""Watches the live page of a running site in a real browser, and says what shifted there.

`.venv/bin/python -m tests.streams.pages.watch_shifts http://localhost:8000 --minutes 10`; the login is read from
FACESITE_USER and FACESITE_PASSWORD.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from typing import Any

from playwright.sync_api import Page, sync_playwright

WATCH_SHIFTS = """
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) {
      const sources = each.sources.map(({ node, previousRect, currentRect }) => ({
        what: node?.outerHTML?.slice(0, 160) ?? node?.textContent ?? "gone", from: previousRect, to: currentRect,
      }));
      shifts.push([each.value, sources]);
    }
  }).observe({ type: "layout-shift", buffered: true });
"""
"""A script of the page that notes each shift from the first paint on: how much, and of which elements."""


def logged_in(page: Page, site: str) -> None:
    page.set_default_timeout(120_000)  # a busy machine is only slower
    page.goto(f"{site}/login/?next=/")
    page.get_by_label("Name").fill(os.environ["FACESITE_USER"])
    page.get_by_label("Password", exact=True).fill(os.environ["FACESITE_PASSWORD"])
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-connection=open]")


def watch(page: Page, minutes: float) -> dict[str, Any]:
    """Returns how many sightings came meanwhile, and each shift, those of loading the page included."""
    page.add_init_script(WATCH_SHIFTS)
    page.reload()
    page.wait_for_selector("[data-feed-list] > li")
    first = set(page.locator("[data-feed-list] > li").evaluate_all("all => all.map((each) => each.dataset.id)"))
    end = time.monotonic() + minutes * 60
    seen = set(first)
    while time.monotonic() < end:
        page.wait_for_timeout(2_000)
        seen |= set(page.locator("[data-feed-list] > li").evaluate_all("all => all.map((each) => each.dataset.id)"))
    return {"came": len(seen - first), "shifts": page.evaluate("shifts")}


def main() -> None:
    parser = argparse.ArgumentParser(description="Watch the live page for layout shifts.")
    parser.add_argument("site")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--width", type=int, default=1440)
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": asked.width, "height": 900})
        logged_in(page, asked.site)
        found = watch(page, asked.minutes)
        browser.close()
    total = sum(value for value, _ in found["shifts"])
    sys.stdout.write(f"{asked.minutes:g} minutes, {found['came']} new sightings: layout shift {total:.4f}\n")
    sys.stdout.write("".join(f"{json.dumps(shift)}\n" for shift in found["shifts"][:20]))


if __name__ == "__main__":
    main()
