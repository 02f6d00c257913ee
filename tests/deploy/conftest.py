"""Fixtures of the deployment's tests."""

from __future__ import annotations

from functools import cache

import pytest

from tests.deploy.manifests import OVERLAYS, Manifest, render

_rendered = cache(render)


@pytest.fixture(params=OVERLAYS)
def manifests(request: pytest.FixtureRequest) -> list[Manifest]:
    """Every object of an overlay; the test runs once for each."""
    return _rendered(request.param)


@pytest.fixture
def gke() -> list[Manifest]:
    return _rendered("gke")


@pytest.fixture
def local() -> list[Manifest]:
    return _rendered("local")
