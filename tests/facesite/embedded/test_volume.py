"""One folder, one machine or container: whoever comes from another is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from facesite.embedded import volume

HOLDER = """
import sys
from pathlib import Path
from facesite.embedded import volume
if sys.argv[2]:
    volume._here = lambda: sys.argv[2]
volume.join(Path(sys.argv[1]), lambda: print("first", flush=True))
print("joined", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(lock: Path, *, by: str = "") -> Iterator[list[str]]:
    """Another process holds the lock, `by` another container or by this one; yields what it said."""
    command = [sys.executable, "-c", HOLDER, str(lock), by]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        said = [process.stdout.readline().strip()]
        if said == ["first"]:
            said.append(process.stdout.readline().strip())
        yield said
        process.communicate("", timeout=30)


def test_another_container_is_refused_and_may_come_when_the_first_has_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volume, "PATIENCE_S", 0.3)
    lock, firsts = tmp_path / "postgres.lock", list[str]()
    with (
        held(lock, by="another container"),
        pytest.raises(ImproperlyConfigured, match="in use by another container"),
    ):
        volume.join(lock, lambda: firsts.append("too early"))
    volume.join(lock, lambda: firsts.append("first"))
    assert firsts == ["first"]


def test_processes_of_one_container_share_it_and_only_the_first_clears_up(tmp_path: Path) -> None:
    lock, firsts = tmp_path / "postgres.lock", list[str]()
    with held(lock) as said:
        volume.join(lock, lambda: firsts.append("second"))
    assert (said, firsts) == (["first", "joined"], [])


def test_one_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    lock, firsts = tmp_path / "postgres.lock", list[str]()
    command = [sys.executable, "-c", HOLDER, str(lock), "another container"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline()
        process.kill()
    volume.join(lock, lambda: firsts.append("first"))
    assert firsts == ["first"]
