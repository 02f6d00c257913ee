"""The world that is attacked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.world import World, make_world


@pytest.fixture
def world(db: None, media: Path) -> World:
    return make_world()
