"""What a killed process left in the folder for temporary files goes, and what somebody works in stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from people.base.left_behind import NEW_S, OLD_UPLOAD_S, sweep_folders, sweep_uploads, working_folder

WORKS = """
import os, signal
from django.conf import settings
settings.configure()
from people.base.left_behind import working_folder
with working_folder("case") as folder:
    (folder / "face.jpg").write_bytes(b"a face")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def make_older(path: Path, seconds: float) -> None:
    at = time.time() - seconds
    os.utime(path, (at, at))


def test_a_folder_of_a_killed_process_goes_with_its_pictures(temporary: Path) -> None:
    subprocess.run([sys.executable, "-c", WORKS], env={**os.environ, "TMPDIR": str(temporary)}, check=False)
    (left,) = temporary.iterdir()
    assert (left / "face.jpg").exists() and sweep_folders("case") == 0  # it may have been made just now
    make_older(left, NEW_S + 1)
    assert sweep_folders("case") == 1 and not left.exists()


def test_a_folder_that_somebody_works_in_stays(temporary: Path) -> None:
    with working_folder("case") as folder:
        make_older(folder, NEW_S + 1)
        assert sweep_folders("case") == 0 and folder.exists()
    assert not folder.exists()


def test_a_link_to_elsewhere_is_not_followed(temporary: Path) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (temporary / "facesite-case-x").symlink_to(elsewhere)
    make_older(elsewhere, NEW_S + 1)
    os.utime(temporary / "facesite-case-x", (0, 0), follow_symlinks=False)
    assert sweep_folders("case") == 0 and elsewhere.exists()


def test_old_uploads_go_and_new_ones_and_other_files_stay(temporary: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = None
    for name in ("tmpold.upload.jpg", "tmpnew.upload.zip", "other.jpg"):
        (temporary / name).write_bytes(b"x")
    for name in ("tmpold.upload.jpg", "other.jpg"):
        make_older(temporary / name, OLD_UPLOAD_S + 1)
    assert sweep_uploads() == 1
    assert {path.name for path in temporary.iterdir()} == {"tmpnew.upload.zip", "other.jpg"}
