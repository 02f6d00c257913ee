"""A key, a client that sends it, somebody who is enrolled, and portraits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.recognition.engine.kinds import engine_key
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo


@pytest.fixture
def key(operator: User) -> str:
    """May do everything."""
    return make_key(name="Double Take", scopes=list(Scope), by=operator)[1]


@pytest.fixture
def limited(operator: User) -> Callable[..., APIClient]:
    """A client whose key has only the named scopes."""

    def client_with(*scopes: str) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_X_API_KEY=make_key(name="limited", scopes=scopes, by=operator)[1])
        return client

    return client_with


@pytest.fixture
def client(key: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=key)
    return client


@pytest.fixture
def face_file(portraits: Path) -> Callable[[str], Any]:
    """A portrait as an upload."""
    return lambda name: SimpleUploadedFile(name, (portraits / name).read_bytes())


@pytest.fixture
def enrolled(db: None) -> Callable[..., Photo]:
    """Somebody with one encoding."""

    def enrol(name: str, vector: Any) -> Photo:
        person = Person.objects.create(name=name)
        photo = Photo.objects.create(person=person, sha256=uuid4().hex, state="enrolled", image="photos/none")
        Encoding.objects.create(photo=photo, engine=engine_key(), vector=vector, quality=0.9)
        return photo

    return enrol
