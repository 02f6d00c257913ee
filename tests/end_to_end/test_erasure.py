"""Somebody asks what is kept, then to be erased; the certificate verifies, and no longer once a row is back."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.site import Site

pytestmark = [pytest.mark.integration, pytest.mark.browser, pytest.mark.timeout(400)]

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = os.environ.get("SCREENSHOTS", "")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SOON_MS = 120_000
SEEN = """
from people.records.person import Person
person = Person.objects.filter(photos__state="enrolled").order_by("name").first()
print("id", person.pk, person.name)
"""
PUT_BACK = "from people.records.person import Person; Person.objects.create(id='{id}', name='Put back by hand')"


@pytest.fixture(scope="module")
def site(copied: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own: somebody of the demo is gone afterwards."""
    with Site(copied(tmp_path_factory.mktemp("site"))) as site:
        yield site


@pytest.fixture(scope="module")
def person(site: Site) -> tuple[str, str]:
    """Id and name of somebody who is enrolled in the demo."""
    said = re.search(r"^id (\S+) (.+)$", site.manage("shell", "-c", SEEN).stdout, re.MULTILINE)
    assert said
    return said[1], said[2]


def look(page: Page, name: str) -> None:
    """Nothing is wider than a phone, and axe finds no fault; with SCREENSHOTS it takes pictures for people."""
    for size in (PHONE, DESK):
        for scheme in ("dark", "light"):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            page.evaluate(AXE.read_text())
            faults = page.evaluate(
                "axe.run().then((found) => found.violations.map(({id, nodes}) => [id, nodes[0].html]))"
            )
            assert not faults
            if SHOTS:
                page.screenshot(path=f"{SHOTS}/{name}-{size['width']}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme=None)


def test_everything_about_somebody_is_one_file(tab: Page, person: tuple[str, str], tmp_path: Path) -> None:
    tab.goto(f"/people/{person[0]}/")
    tab.get_by_role("link", name="Answer an access request").click()
    look(tab, "access-new")
    tab.get_by_label("When and how they asked").fill("Came to the desk on 3 May with an identity card")
    tab.get_by_role("button", name="Gather everything").click()
    expect(tab.get_by_role("link", name="Download the ZIP")).to_be_visible(timeout=SOON_MS)
    look(tab, "access")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download the ZIP").click()
    file = tmp_path / "answer.zip"
    download.value.save_as(file)
    with zipfile.ZipFile(file) as archive:
        assert "photos/1.jpg" in archive.namelist()
        archive.extractall(tmp_path / "answer")
    tab.goto((tmp_path / "answer" / "index.html").as_uri())
    expect(tab.get_by_role("heading", level=1)).to_have_text(f"What is kept about {person[1]}")
    look(tab, "answer")
    tab.get_by_role("link", name="who looked").click()
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Who looked at what concerns")


@pytest.fixture(scope="module")
def certificate(tab: Page, person: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of their erasure, asked for on their page."""
    tab.goto(f"/people/{person[0]}/")
    tab.get_by_role("link", name="Erase for good").click()
    look(tab, "erase")
    tab.get_by_label("On what request").fill("Letter of 3 May, no. 17")
    tab.get_by_label("I know that nobody can take this back.").check()
    tab.get_by_role("button", name=f"Erase {person[1]} for good").click()
    expect(tab.get_by_text("Everything is erased")).to_be_visible(timeout=SOON_MS)
    look(tab, "erased")
    assert person[1] not in tab.content()
    with tab.expect_download() as download:
        tab.get_by_role("link", name="To check it later (JSON)").click()
    file = tmp_path_factory.mktemp("kept") / "certificate.json"
    download.value.save_as(file)
    with tab.expect_download() as printed:
        tab.get_by_role("link", name="Certificate to print (PDF)").click()
    if SHOTS:
        printed.value.save_as(f"{SHOTS}/certificate.pdf")
    return file


def test_they_are_gone_and_the_certificate_verifies(
    tab: Page, site: Site, certificate: Path, person: tuple[str, str]
) -> None:
    tab.goto(f"/people/{person[0]}/")
    expect(tab.get_by_text(person[1])).to_have_count(0)
    tab.goto("/erasures/")
    look(tab, "erasures")
    done = site.manage("verify_erasure", str(certificate))
    assert done.returncode == 0, done.stderr
    assert "Nothing is there" in done.stdout


def test_once_a_row_is_put_back_by_hand_it_does_not(site: Site, certificate: Path, person: tuple[str, str]) -> None:
    assert site.manage("shell", "-c", PUT_BACK.format(id=person[0])).returncode == 0
    done = site.manage("verify_erasure", str(certificate))
    assert done.returncode == 1 and f"people: the row {person[0]} is in the database" in done.stderr
    again = site.manage("erase_again")
    assert again.returncode == 0, again.stderr
    assert site.manage("verify_erasure", str(certificate)).returncode == 0
