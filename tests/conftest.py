"""Fixtures shared by all tests: the three actors, real faces, and folders that are thrown away."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User

ROOT = Path(__file__).resolve().parent.parent
SHARED_FACES = Path(os.environ.get("SHARED_FACES", ROOT.parent / "shared" / "faces"))


@pytest.fixture
def media(tmp_path: Path, settings: Any) -> Path:
    """Stored files of this test alone."""
    folder = tmp_path / "media"
    settings.MEDIA_ROOT = folder
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder, "base_url": None},
        },
    }
    return folder


@pytest.fixture
def operator(db: None) -> User:
    """May do everything that the admin and the API offer."""
    return User.objects.create_superuser("operator", password="operator")


@pytest.fixture
def viewer(db: None) -> User:
    """May see cameras, sightings and people, and change nothing."""
    user = User.objects.create_user("viewer", password="viewer")
    user.user_permissions.set(
        Permission.objects.filter(
            codename__startswith="view_", content_type__app_label__in=["people", "streams"]
        )
    )
    return user


@pytest.fixture
def stranger(db: None) -> User:
    """Has a login and no right at all."""
    return User.objects.create_user("stranger", password="stranger")


@pytest.fixture(scope="session")
def portraits() -> Path:
    """Folder with the demo portraits that `make setup` fetches: obama.jpg, obama2.jpg, obama3.jpg, biden.jpg, astronaut.png."""
    folder = Path(settings.PORTRAITS)
    if not (folder / "astronaut.png").exists():
        pytest.fail("the portraits are missing: run `make setup`")
    return folder


@pytest.fixture(scope="session")
def shared_faces() -> Path:
    """Real photos and clips beside the project; tests that need them are skipped, visibly, without."""
    if not (SHARED_FACES / "labels.json").exists():
        pytest.skip(f"no face data at {SHARED_FACES}")
    return SHARED_FACES


@pytest.fixture(scope="session")
def labels(shared_faces: Path) -> dict[str, Any]:
    """Truth by path, as in shared_faces/labels.json."""
    return {file["path"]: file for file in json.loads((shared_faces / "labels.json").read_text())["files"]}
