"""The world that is attacked, and whoever attacks it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.attacks.attackers import NAMES, Attacker, attacker_called
from tests.attacks.world import World, make_world


@pytest.fixture
def world(db: None, media: Any, settings: Any) -> World:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return make_world()


@pytest.fixture(params=NAMES)
def attacker(request: pytest.FixtureRequest, world: World) -> Attacker:
    return attacker_called(request.param, world.people, world.cameras)
