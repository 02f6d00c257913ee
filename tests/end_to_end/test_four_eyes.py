"""A watchlist of two people: proposed, refused to whoever proposed it, confirmed by another; then alerts that are false
twice, an entry that is suspended by itself, and two people who revive it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.site import Call, Site

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(400)]

SHOTS = os.environ.get("SCREENSHOTS", "")
"""A folder for pictures of the pages, for people to look at; none without."""
SOON_MS = 90_000
BEN = """
from django.contrib.auth.models import Group, User
user = User.objects.create_user("ben", password="correct horse battery", is_staff=True)
user.groups.add(Group.objects.get(name="administrator"))
"""
WHO = "Joe Biden"


@pytest.fixture(scope="module")
def site(copied: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(copied(tmp_path_factory.mktemp("four-eyes"))) as site:
        yield site


@pytest.fixture(scope="module")
def ben(browser: Browser, site: Site) -> Iterator[Page]:
    """The second person, on a phone."""
    made = site.manage("shell", "-c", BEN)
    assert made.returncode == 0, made.stderr
    context = browser.new_context(base_url=site.address, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Name").fill("ben")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")
    yield page
    context.close()


def shot(page: Page, name: str) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def turns_out_false(tab: Page, ben: Page, alert: str) -> None:
    for page, said in ((tab, "waits for another one"), (ben, "Closed: false alarm.")):
        page.goto(f"/alerts/{alert}/")
        page.get_by_role("button", name="False alarm").click()
        expect(page.get_by_text(said, exact=False).first).to_be_visible()


def alerts_of(api: Call, rules: list[str]) -> list[str]:
    return [row["id"] for rule in rules for row in api("GET", f"/alerts/?rule={rule}&state=new")["results"]]


def wait_for_alerts(page: Page, api: Call, rules: list[str], number: int) -> list[str]:
    for _ in range(SOON_MS // 500):
        if len(found := alerts_of(api, rules)) >= number:
            return found[:number]
        page.wait_for_timeout(500)
    raise AssertionError(f"{number} alerts were expected")


def test_two_people_decide_and_false_alarms_have_consequences(tab: Page, ben: Page, api: Call) -> None:
    banned = api("POST", "/watchlists/", name="Banned", two_people=True, false_limit=2, false_of_last=3)
    rule = {"kind": "watchlist", "watchlist": banned["id"], "looks": 3, "cool_down_s": 0}
    rules = [api("POST", "/rules/", name=name, **rule)["id"] for name in ("Door", "Hall")]

    # Proposed by one, who finds no button to confirm it.
    tab.goto(f"/watchlists/{banned['id']}/")
    tab.get_by_role("link", name="Propose somebody").click()
    tab.get_by_label("Name").fill("biden")
    tab.get_by_role("button", name="Find").click()
    shot(tab, "found")
    tab.get_by_role("button", name=WHO).click()
    tab.get_by_label("Why").fill("Stole a bicycle")
    shot(tab, "proposing")
    tab.get_by_role("button", name="Propose").click()
    expect(tab.get_by_text("You proposed it, so another user decides.")).to_be_visible()
    expect(tab.get_by_role("button", name="Confirm")).to_have_count(0)
    shot(tab, "own-proposal")

    # Confirmed by another, on a phone.
    ben.goto("/admin/")
    ben.get_by_role("link", name="Decide").first.click()
    expect(ben.get_by_text(f"Put {WHO} on the watchlist “Banned”.")).to_be_visible()
    shot(ben, "proposals-phone")
    ben.get_by_label("Why").fill("I saw it, too")
    ben.get_by_role("button", name="Confirm").click()
    expect(ben.get_by_text("Confirmed, and done.")).to_be_visible()

    # Both rules raise an alert; two people find both false, and the entry is suspended by itself.
    for alert in wait_for_alerts(tab, api, rules, 2):
        turns_out_false(tab, ben, alert)
    (told,) = [row for row in api("GET", "/alerts/?state=new")["results"] if row["kind"] == "suspended"]
    assert told["said"].startswith(f"{WHO} raises no alerts by “Banned” any more")
    ben.goto(f"/watchlists/{banned['id']}/")
    expect(ben.get_by_text("Suspended:")).to_be_visible()
    shot(ben, "suspended-phone")
    left = len(alerts_of(api, rules))
    tab.goto("/admin/")
    expect(tab.get_by_text("1 entry raises no alerts any more", exact=True)).to_be_visible()
    tab.wait_for_timeout(15_000)  # a visit of the demo's film, and more
    assert len(alerts_of(api, rules)) <= left + 1, "what tells of the suspension is by one of the rules, and no other"

    # Revived with a reason, by two again: alerts come again.
    tab.goto(f"/watchlists/{banned['id']}/")
    shot(tab, "suspended")
    tab.get_by_role("link", name="Propose to revive").click()
    tab.get_by_label("Why").fill("A better photo is enrolled")
    tab.get_by_role("button", name="Propose").click()
    ben.goto("/proposals/")
    ben.get_by_role("button", name="Confirm").click()
    expect(ben.get_by_text("Confirmed, and done.")).to_be_visible()
    wait_for_alerts(tab, api, rules, len(alerts_of(api, rules)) + 1)
    tab.goto("/proposals/?which=past")
    shot(tab, "past")

    tab.goto("/alerts/report/")
    expect(tab.get_by_role("heading", name="By watchlist")).to_be_visible()
    shot(tab, "report")
    ben.goto("/alerts/report/")
    shot(ben, "report-phone")
