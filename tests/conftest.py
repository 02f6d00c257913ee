"""Fixtures shared by all tests: the three actors, real faces, and folders that are thrown away."""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from string import ascii_lowercase, digits
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.middleware import csrf
from django.test import TransactionTestCase
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from facesite.web import audit_keeping
from people.recognising.recognisers import recognisers
from people.recognition.errors import CannotFetch
from people.recognition.liveness import published
from people.recognition.liveness.fetching import fetched, network_in
from tests import databases, folders
from tests.people.recognition.liveness.small_network import network_of

ROOT = Path(__file__).resolve().parent.parent
SHARED_FACES = Path(os.environ.get("SHARED_FACES", ROOT.parent / "shared" / "faces"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spares the collector of garbage half a million objects, which are there from now on until the end.

    Else it looks through them 20 times while they come to be, and again and again while tests run.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker) -> None:
    """As pytest-django's; the test database is a copy of one that is migrated already."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """As pytest-django's; tests that commit leave the database as they found it, without Django's slow `flush`.

    The connections that other threads keep (CONN_MAX_AGE) are ended before the database goes.
    """
    with django_db_blocker.unblock():
        databases.keep()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: databases.restore())
        yield
    with django_db_blocker.unblock():
        databases.end_other_connections()


@pytest.fixture(scope="session", autouse=True)
def nothing_stored_beside() -> Iterator[None]:
    """Tests in this process store what the audit keeps by hand: a thread would write between two of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit_keeping, "start_keeper", lambda: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def tokens_that_name_nobody() -> Iterator[None]:
    """The random tokens of forms have small letters, so that no page has "Ada" in one of them by chance."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csrf, "CSRF_ALLOWED_CHARS", ascii_lowercase + digits)
        yield


@pytest.fixture(scope="session")
def migrated_site(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Copies the working folder of a site that has been migrated, and no more, into a folder; returns the copy."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return lambda into: folders.copied(folders.migrated(shared), into)


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
        Permission.objects.filter(codename__startswith="view_", content_type__app_label__in=["people", "streams"])
    )
    return user


@pytest.fixture
def stranger(db: None) -> User:
    """Has a login and no right at all."""
    return User.objects.create_user("stranger", password="stranger")


@pytest.fixture(scope="session")
def portraits() -> Path:
    """Folder with the portraits that `make setup` fetches: obama, obama2, obama3, biden (.jpg) and astronaut.png."""
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


@pytest.fixture
def as_published(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The bytes of a small network that counts as the published liveness network in this test."""
    small = network_of(0)
    monkeypatch.setattr(published, "SHA256", hashlib.sha256(small).hexdigest())
    return small


@pytest.fixture(scope="session")
def liveness_folder() -> Path:
    """Folder with the published liveness network, fetched once; without a registry the tests are skipped, visibly."""
    folder = Path(settings.VAR) / "test" / "liveness"
    if not published.is_installed(folder):
        try:
            published.keep(network_in(fetched()), folder)
        except CannotFetch as error:
            pytest.skip(f"no liveness network here: {error}")
    return folder


@pytest.fixture(scope="session")
def lookers() -> Iterator[None]:
    """The children that look at uploaded pictures: warm from one test to the next, ended after the last."""
    yield
    recognisers().close()


CHROMIUM_FLAGS = [
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without it a test is skipped, visibly; in CI it fails."""
    path = shutil.which("chromium")
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium here: `make parts` installs it")
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, and Django takes the tests for asynchronous code.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=20_000)  # ms; a page that is there sooner is not waited for
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()
