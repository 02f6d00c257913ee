"""A wrong name is corrected and does not come again; and who came on Tuesday evening is found, handed over, checked."""

from __future__ import annotations

import csv
import re
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from facesite.lab.demo.cast import ASTRONAUT, BIDEN
from facesite.lab.demo.seed import CLIP
from tests.end_to_end.films import ROUND_MS, standing, write_film
from tests.end_to_end.site import Call, Site

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(300)]

TOO_WIDE = 0.95
"""A limit within which everybody is somebody: 0.83 lies between the portraits of the two who stand there."""
SURELY_ANOTHER = 0.7
SOME_ROUNDS_S = 10 * ROUND_MS / 1000


@pytest.fixture(scope="module")
def site(
    migrated_site: Callable[[Path], Path], portraits: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site whose demo camera shows Joe Biden beside somebody whom nobody has enrolled; its own film is not made."""
    var = migrated_site(tmp_path_factory.mktemp("site"))
    write_film(var / "media" / CLIP, portraits, [standing(ASTRONAUT, 380), standing(BIDEN, 900)])
    with Site(var) as site:
        yield site


@pytest.fixture(scope="module")
def cameras(api: Call) -> None:
    """The limit of the entrance is too wide, so that she is taken for Joe Biden; the side door shows the same."""
    (obama,) = api("GET", "/people/?search=Barack")["results"]
    api("POST", f"/people/{obama['id']}/retire/")  # or she would be taken for him next
    api("PATCH", "/cameras/entrance/", match_threshold=TOO_WIDE)
    shown = {"source": CLIP, "loop": True, "analysis_fps": 10, "smallest_face_px": 100}
    api("POST", "/cameras/", name="Side door", slug="side-door", **shown)


def until(found: Callable[[], Any]) -> Any:
    """Asks until there is something, while the film goes round, and returns it."""
    end = time.monotonic() + SOME_ROUNDS_S
    while not (it := found()):
        assert time.monotonic() < end, "nobody was seen in time"
        time.sleep(0.5)
    return it


def taken_for_biden(sighting: dict[str, Any]) -> bool:
    return bool(sighting["verdict"] == "match" and sighting["distance"] > SURELY_ANOTHER)


def test_a_wrong_name_that_was_corrected_does_not_come_again(tab: Page, api: Call, cameras: None) -> None:
    def seen(since: datetime) -> list[dict[str, Any]]:
        after = since.isoformat().replace("+00:00", "Z")
        rows = api("GET", f"/sightings/?camera=entrance&seen_after={after}&limit=50")["results"]
        return [row for row in rows if row["first_seen_at"] > after]

    began = datetime.now(UTC)
    wrong = until(lambda: [row for row in seen(began) if taken_for_biden(row)])[0]
    tab.goto(f"/sightings/{wrong['id']}/")
    tab.get_by_role("button", name="It is not Joe Biden").first.click()
    expect(tab.get_by_role("status").first).to_contain_text("will not be taken for Joe Biden again")
    expect(tab.locator("h1 .verdict, .verdict").first).to_contain_text(re.compile(r"unknown|Stranger \d+"))

    said = datetime.now(UTC)

    def both_again() -> list[dict[str, Any]]:
        rows = [row for row in seen(said) if row["ended_at"]]
        return rows if {"match", "unknown"} <= {row["verdict"] for row in rows} else []

    later = until(both_again)
    assert not [row for row in later if taken_for_biden(row)]
    assert {row["person"]["name"] for row in later if row["person"]} == {"Joe Biden"}
    tab.goto("/edits/")
    expect(tab.locator(".edit").first).to_contain_text("It is not Joe Biden")


LAST_TUESDAY = """
from datetime import datetime, time, timedelta
from django.utils import timezone
from streams.records.sighting import Sighting
today = timezone.localdate()
tuesday = today - timedelta(days=(today.weekday() - 1) % 7 or 7)
for pk, at in {moved}.items():
    began = timezone.make_aware(datetime.combine(tuesday, time.fromisoformat(at)))
    ended = began + timedelta(seconds=4)
    Sighting.objects.filter(pk=pk).update(first_seen_at=began, last_seen_at=ended, ended_at=ended)
"""


@pytest.fixture(scope="module")
def tuesday(site: Site, api: Call, cameras: None) -> None:
    """Some of it was seen last Tuesday: by the side door before and after six, by the entrance after six."""

    def ended(camera: str, number: int) -> list[str]:
        rows = api("GET", f"/sightings/?camera={camera}&verdict=match&limit=50")["results"]
        ids = [row["id"] for row in rows if row["ended_at"]]
        return ids[:number] if len(ids) >= number else []

    after, before = until(lambda: ended("side-door", 2))
    (elsewhere,) = until(lambda: ended("entrance", 1))
    moved = {after: "18:30", before: "17:30", elsewhere: "18:40"}
    done = site.manage("shell", "-c", LAST_TUESDAY.format(moved=moved))
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def fetched(tab: Page, tuesday: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ZIP of who came on Tuesday after 18:00 at the side door, found and handed over by hand."""
    tab.goto("/sightings/")
    tab.get_by_text("Hours, days, cameras").click()
    tab.get_by_label("Tue", exact=True).check()
    tab.get_by_label("Time of day from").fill("18:00")
    tab.get_by_label("Side door", exact=True).check()
    tab.get_by_role("button", name="Show").click()
    row = tab.locator(".sighting")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Joe Biden")
    expect(row).to_contain_text("18:30")
    tab.get_by_role("link", name="Hand over as a case").click()
    tab.get_by_label("Title").fill("File 7")
    tab.get_by_label("Why, and for whom").fill("Asked for by the police")
    tab.get_by_role("button", name="Make the case").click()
    link = tab.get_by_role("link", name="Download the ZIP")
    expect(link).to_be_visible(timeout=60_000)  # the page loads itself again until the case is made
    with tab.expect_download() as download:
        link.click()
    target = tmp_path_factory.mktemp("case") / "case.zip"
    download.value.save_as(target)
    return target


def test_who_came_on_tuesday_after_six_is_found_handed_over_and_verified(site: Site, fetched: Path) -> None:
    with zipfile.ZipFile(fetched) as case:
        assert {"case.pdf", "sightings.csv", "manifest.sha256.sig"} <= set(case.namelist())
        (row,) = csv.DictReader(case.read("sightings.csv").decode("utf-8-sig").splitlines())
        assert (row["who"], row["where"]) == ("Joe Biden", "Side door")
    checked = site.manage("verify_case", str(fetched))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "as they were handed over" in checked.stdout


def test_a_case_with_a_changed_file_is_found_out(site: Site, fetched: Path) -> None:
    changed = fetched.with_name("changed.zip")
    with zipfile.ZipFile(fetched) as case, zipfile.ZipFile(changed, "w") as copy:
        for name in case.namelist():
            content = case.read(name)
            copy.writestr(name, content.replace(b"Joe Biden", b"Jane Roe!") if name == "sightings.csv" else content)
    checked = site.manage("verify_case", str(changed))
    assert checked.returncode != 0
    assert "sightings.csv" in checked.stdout + checked.stderr
