"""The file that a backup is written to."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from facesite.backup.errors import Refused
from facesite.backup.opening import written


def test_only_its_owner_may_read_it_from_the_first_byte_on(tmp_path: Path) -> None:
    path = tmp_path / "site.backup"
    (left,) = [tmp_path / "site.backup.unfinished"]
    left.write_text("of a backup that was killed")
    left.chmod(0o644)
    with written(path) as file:
        file.write(b"x")
        assert not path.exists()
        assert stat.S_IMODE(left.stat().st_mode) == 0o600
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"x", 0o600)
    assert [found.name for found in tmp_path.iterdir()] == ["site.backup"]


def test_nothing_is_left_of_one_that_failed(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), written(tmp_path / "site.backup") as file:
        file.write(b"x")
        raise OSError("the disk is full")
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_backup_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "site.backup"
    path.write_bytes(b"earlier")
    with pytest.raises(Refused, match="is there already"), written(path):
        pass
    assert path.read_bytes() == b"earlier"
