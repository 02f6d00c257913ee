"""A case in the making: sightings with pictures, and a worker's loop that makes what was asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from people.records.person import Person
from streams.cases.asking import ORDER
from streams.cases.case import Case
from streams.cases.making import case_loop
from streams.cases.services import ask_for_case
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from tests.streams.seen import NOON, seen

Ask = Callable[..., Case]
Make = Callable[[], bool]


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada Lovelace")


@pytest.fixture
def ask(operator: User, media: Path) -> Ask:
    """Asks for a case of all sightings, or of `rows`, as the operator or as `by`."""

    def asked(rows: Any = None, *, by: Any = None, **more: Any) -> Case:
        by = by or operator
        rows = Sighting.objects.visible_to(by) if rows is None else rows
        words = {
            "title": "Side door",
            "reason": "For the police",
            "asked": [("Camera", "Door")],
            "site": "https://x.example",
        }
        return ask_for_case(**{**words, "rows": rows.order_by(*ORDER), "by": by, **more})

    return asked


@pytest.fixture
def make() -> Make:
    """Does one round of the worker's loop; returns whether a job was due."""
    return lambda: case_loop().work_on_one(threading.Event())


@pytest.fixture
def made(ask: Ask, make: Make, camera: Camera, ada: Person) -> Case:
    """A case that is done, of one named and one unknown sighting."""
    seen(camera, ada)
    seen(camera, at=NOON + timedelta(hours=1))
    case = ask()
    assert make()
    case.refresh_from_db()
    return case
