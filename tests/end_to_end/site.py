"""A whole site as `make run` starts it, in a process and a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent.parent
Call = Callable[..., Any]
"""Calls the API: method, path below /api/v1, and fields of the body."""


class Site:
    """`with Site(folder) as site:` runs it; leaving is Ctrl-C."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = var.with_suffix(".log")

    def __enter__(self) -> Site:
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run", "--port", str(self.port)],
                cwd=ROOT,
                env=self._environment(PYTHONUNBUFFERED="1"),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # its own process group, to be counted and interrupted as a terminal would
            )
        self._wait_until_ready()
        return self

    def __exit__(self, *exception: object) -> None:
        if self.process.poll() is None:
            self.interrupt()

    @property
    def password(self) -> str:
        return (self.var / "demo-password").read_text()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs manage.py beside the running site."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def interrupt(self, timeout_s: float = 20) -> int:
        """Ctrl-C: SIGINT to the whole group. Returns the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def processes(self) -> list[str]:
        """Command lines of every process that mentions this site's folder or belongs to its group."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                pid = int(entry.name)
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                if command and (os.getpgid(pid) == self.process.pid or str(self.var) in command):
                    found.append(command)
            except (ValueError, OSError):  # not a process, or it has just gone
                continue
        return found

    def _environment(self, **more: str) -> dict[str, str]:
        around = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        return {**around, "VAR": str(self.var), **more}

    def _wait_until_ready(self, timeout_s: float = 110) -> None:
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(f"the site ended with {self.process.returncode}:\n{self.log.read_text()}")
            try:
                if httpx.get(f"{self.address}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.2)
        self.interrupt()
        raise AssertionError(f"the site was not ready within {timeout_s} s:\n{self.log.read_text()}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
