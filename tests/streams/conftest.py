"""Fixtures of the camera tests: cameras, clients of the API, and supervisors that are always drained."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from streams.cameras.services import save_camera
from streams.records.camera import Camera, CameraStatus
from streams.running.supervisor import Supervisor
from tests.api import client_of
from tests.streams import fake_children

Start = Callable[..., Supervisor]


@pytest.fixture
def hall(db: None) -> Camera:
    return Camera.objects.create(name="Hall", slug="hall", source="clips/hall.mp4")


@pytest.fixture
def as_operator(operator: User) -> APIClient:
    return client_of(operator)


@pytest.fixture
def as_viewer(viewer: User) -> APIClient:
    return client_of(viewer)


@pytest.fixture
def camera(db: None) -> Camera:
    source = "rtsp://user:secret@door.example/1?channel=hidden"
    camera = save_camera(camera=Camera(name="Door", slug="door", source=source), by=None)
    CameraStatus.objects.create(camera=camera)
    return camera


@pytest.fixture
async def start(transactional_db: None) -> AsyncIterator[Start]:
    """Starts supervisors over fake children; each is stopped cleanly at the end of the test."""
    running: list[tuple[asyncio.Event, asyncio.Task[None]]] = []

    def start_one(**options: Any) -> Supervisor:
        supervisor = Supervisor(**{"target": fake_children.talks, "capacity": 8, **options})
        stop = asyncio.Event()
        running.append((stop, asyncio.create_task(supervisor.run(stop))))
        return supervisor

    yield start_one
    for stop, _ in running:
        stop.set()
    await asyncio.gather(*(task for _, task in running))
