"""The tests of the pages' scripts, run by Node; `.venv/bin/node --test tests/javascript/` runs them alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NODE = Path(sys.executable).with_name("node")
SCRIPTS = sorted(ROOT.glob("*/static/**/*.js"))
TESTED = sorted(HERE.glob("*.test.js"))


def counted(told: str, what: str) -> int:
    """A number of the last lines of Node's TAP output, such as `# pass 14`."""
    return int(re.search(rf"^# {what} (\d+)$", told, re.MULTILINE)[1])


@pytest.mark.parametrize("file", TESTED, ids=lambda file: file.name)
def test_node_finds_nothing_wrong_with(file: Path) -> None:
    done = subprocess.run(
        [NODE, "--test", "--test-reporter=tap", file], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # A file that is run without its tests would pass as well: Node counts it as one test of its own.
    assert counted(done.stdout, "pass") >= len(re.findall(r"^ *test\(", file.read_text(), re.MULTILINE)) > 0
    assert counted(done.stdout, "skipped") == counted(done.stdout, "todo") == 0


def test_what_the_pages_live_by_is_tested() -> None:
    names = {file.name.removesuffix(".test.js") for file in TESTED}
    assert names >= {"adding", "camera-grid", "capture", "feed", "frames", "in-view", "overlay", "socket"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_every_script_is_checked(script: Path) -> None:
    text = script.read_text()
    assert re.match(r"(//.*\n)*// @ts-check\n", text)  # behind any code it would count for nothing
    assert not re.search(r"@ts-(nocheck|ignore|expect-error)", text)


def test_the_lock_names_no_registry_and_holds_every_package_to_its_content() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') == lock.count('"node_modules/')
