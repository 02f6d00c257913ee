"""The file of the liveness network: written whole or not at all, and only if it is the published one."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from people.recognition.errors import BadWeights
from people.recognition.liveness import published


def test_what_is_not_published_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(BadWeights, match="is not the published file"):
        published.keep(b"some other network", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_it_is_kept_readable_for_every_process_and_found_again(tmp_path: Path, as_published: bytes) -> None:
    assert not published.is_installed(tmp_path / "models")
    path = published.keep(as_published, tmp_path / "models")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [file.name for file in path.parent.iterdir()] == ["fr_liveness.onnx"]
    assert published.is_installed(tmp_path / "models")
    assert published.read(tmp_path / "models") == as_published


def test_a_file_that_was_damaged_is_not_installed(tmp_path: Path, as_published: bytes) -> None:
    published.keep(as_published, tmp_path)
    published.path_in(tmp_path).write_bytes(as_published[:-1])
    assert not published.is_installed(tmp_path)
    published.keep(as_published, tmp_path)
    assert published.is_installed(tmp_path)


def test_it_is_removed_once(tmp_path: Path, as_published: bytes) -> None:
    published.keep(as_published, tmp_path)
    assert published.remove(tmp_path)
    assert not published.remove(tmp_path)
    assert list(tmp_path.iterdir()) == []
