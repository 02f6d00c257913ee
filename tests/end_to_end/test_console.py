"""What a person sees on the console of `make run`: how to get in, as the last words, and then nothing any more."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.site import ROOT, Site

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("site") / "var") as site:
        until(lambda: "Ctrl-C" in site.log.read_text(), "the last words")
        yield site


def until(true: Callable[[], bool], what: str, within_s: float = 30) -> None:
    end = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < end, f"{what} did not come within {within_s} s"
        time.sleep(0.1)


def written(site: Site) -> str:
    return (site.var / "log" / "facesite.log").read_text()


def camera_children(site: Site) -> set[int]:
    """Processes of the site that watch a camera: the demo's."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            is_ours = entry.name.isdigit() and os.getpgid(int(entry.name)) == site.process.pid
            if is_ours and (entry / "comm").read_text().startswith("camera-"):
                found.add(int(entry.name))
        except OSError:  # it has just gone
            continue
    return found


def test_the_last_lines_say_how_to_get_in_and_where_things_are(site: Site) -> None:
    lines = [line.strip() for line in site.log.read_text().splitlines() if line.strip()]
    assert lines[-7:] == [
        "The site is running.",
        f"Address          {site.address}/",
        "User             demo",
        f"Password         {site.password}",
        f"Log              {site.var}/log/facesite.log",
        f"Pictures to try  {site.var}/demo/to-try",
        "Ctrl-C stops everything.",
    ]
    assert not re.search(r"\d\d:\d\d:\d\d|INFO|WARNING|[0-9a-f]{8}-[0-9a-f]{4}-", site.log.read_text())


def test_the_pictures_lie_where_the_console_says(site: Site) -> None:
    assert {path.name for path in (site.var / "demo" / "to-try").iterdir()} == {"astronaut.png", "obama3.jpg"}
    assert {path.name for path in (site.var / "demo" / "people").iterdir()} == {"Barack Obama", "Joe Biden"}


def test_the_readme_names_pictures_that_are_there(site: Site) -> None:
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"\bvar/(demo/to-try/[\w.]+)", readme))
    assert len(named) == 2 and all((site.var / path).exists() for path in named)
    assert ".venv" not in readme


def test_the_console_keeps_quiet_while_the_camera_runs_and_things_happen(site: Site) -> None:
    before = site.log.read_text()
    until(lambda: bool(camera_children(site)), "the demo camera")
    assert httpx.get(f"{site.address}/nowhere/").status_code in (302, 404)
    first = camera_children(site)
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    until(lambda: bool(camera_children(site) - first), "another child of the demo camera")
    time.sleep(6)
    assert camera_children(site)
    assert site.log.read_text() == before
    assert "GET /nowhere/" in written(site) and "entrance" in written(site)


def test_the_log_is_its_owners_alone(site: Site) -> None:
    assert (site.var / "log" / "facesite.log").stat().st_mode & 0o777 == 0o600


def test_a_folder_of_the_last_release_is_taken_up(copied: Callable[[Path], Path], tmp_path: Path) -> None:
    """It has neither a log nor pictures to try, and its people are there already."""
    var = copied(tmp_path)
    assert not (var / "log").exists()
    for name in ("astronaut.png", "obama3.jpg"):
        (var / "demo" / "to-try" / name).unlink()
    (var / "demo" / "to-try").rmdir()
    password = (var / "demo-password").read_text()
    with Site(var) as again:
        until(lambda: "Ctrl-C" in again.log.read_text(), "the last words")
        assert f"Password         {password}" in again.log.read_text()
        assert "Enrolling" not in again.log.read_text()
        assert (again.var / "demo" / "to-try" / "astronaut.png").exists()


def test_what_ends_the_site_is_said_in_words_and_the_log_says_more(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "postgres").write_text("no folder")
    done = subprocess.run(
        [sys.executable, "manage.py", "run", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, "VAR": str(tmp_path / "var"), "DJANGO_SETTINGS_MODULE": "facesite.settings"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    log = tmp_path / "var" / "log" / "facesite.log"
    assert done.returncode == 1
    assert "CommandError: The site ended:" in done.stderr and f"{log} says more." in done.stderr
    assert "Traceback" not in done.stderr and "Traceback" in log.read_text()
