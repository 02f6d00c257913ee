"""The demo's portraits are the published ones or they are not used."""

from pathlib import Path

import pytest

from facesite.lab.demo import portraits


def test_the_fetched_portraits_are_the_published_ones(portraits: Path) -> None:
    from facesite.lab.demo.portraits import SHA256, _right

    assert all(_right(portraits / name) for name in SHA256)


def test_a_changed_portrait_is_refused_and_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forge(scratch: Path, folder: Path) -> None:
        for name in portraits.SHA256:
            (folder / name).write_bytes(b"somebody else")

    monkeypatch.setattr(portraits, "_download", lambda *arguments: None)
    monkeypatch.setattr(portraits, "_unpack", forge)
    assert portraits.main(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_fetched_when_all_are_there(portraits: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from facesite.lab.demo import portraits as module

    monkeypatch.setattr(module, "_download", lambda *arguments: pytest.fail("fetched again"))
    assert module.main(portraits) == 0
