"""Runs the distributed mode on one machine (`make cluster-demo`): web, two workers, a Postgres and a Valkey.

It takes the same code paths as in Kubernetes: DATABASE_URL and REDIS_URL are set, and a process that ends is started
again, as by a kubelet. Kill any of them (it prints the process ids) and watch the dashboard, as
tests/parts/test_chaos.py does.

    python -m facesite.lab.cluster [--port 8000] [--workers 2]

The file `environment` in its folder holds what `manage.py` needs to run beside it; only the owner may read it.
"""

from __future__ import annotations

import os
import secrets
import shlex
import signal
import subprocess
import sys
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from urllib.request import urlopen

from facesite.lab.servers import LocalServer, free_port, postgres, valkey

ROOT = Path(__file__).resolve().parent.parent.parent
# Kubernetes gives a worker the same time (k8s/base/worker.yaml).
GRACE_S = 30.0
LOOK_EVERY_S = 0.5


class Cluster:
    """`with Cluster(folder) as cluster:` runs a cluster; everything is under `folder` and ends with the block."""

    def __init__(
        self, folder: Path, *, port: int | None = None, workers: int = 2, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.folder, self.port, self._say = folder, port or free_port(), say
        self.address = f"http://127.0.0.1:{self.port}"
        self.postgres: LocalServer = postgres(folder / "postgres")
        self._redis_password = secrets.token_urlsafe()
        self.valkey: LocalServer = valkey(folder / "valkey", self._redis_password)
        self.database_url = f"postgres://postgres@127.0.0.1:{self.postgres.port}/postgres"
        self.metrics_ports = {f"worker-{number}": free_port() for number in range(1, workers + 1)}
        self.metrics_token = secrets.token_urlsafe()
        self._secret = secrets.token_urlsafe(48)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep_running, name="keeper", daemon=True)

    def __enter__(self) -> Cluster:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop()

    @property
    def names(self) -> list[str]:
        return ["web", *self.metrics_ports]

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def kill(self, name: str) -> None:
        """Sends kill -9; the process is started again."""
        self._processes[name].kill()

    def await_ready(self, within_s: float = 60.0) -> None:
        """Waits until the web says that it can serve. Raises TimeoutError."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            with suppress(OSError), urlopen(f"{self.address}/readyz", timeout=5):  # noqa: S310 - our own address
                return
            time.sleep(LOOK_EVERY_S)
        raise TimeoutError(f"the web is not ready after {within_s:g} s: see {self.folder / 'web.log'}")

    def manage(self, *command: str) -> str:
        """Runs `manage.py command` beside the cluster, and returns its output. Raises CalledProcessError."""
        manage = [sys.executable, "manage.py", *command]
        done = subprocess.run(manage, cwd=ROOT, env=self._environment(), check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    @property
    def environment_file(self) -> Path:
        return self.folder / "environment"

    def write_environment(self) -> None:
        self.environment_file.touch(mode=0o600)
        lines = (f"export {name}={shlex.quote(value)}\n" for name, value in self._settings().items())
        self.environment_file.write_text("".join(lines))

    def _start(self) -> None:
        self._say("Starting Postgres and Valkey …")
        self.postgres.start()
        self.valkey.start()
        self.write_environment()
        self.manage("migrate", "-v0")
        self.manage("collectstatic", "--noinput", "-v0")
        self._say(self.manage("demo").strip())
        for name in self.names:
            self._processes[name] = self._started(name)
        self._keeper.start()

    def _keep_running(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            for name, process in list(self._processes.items()):
                if (code := process.poll()) is not None and not self._over.is_set():
                    self._processes[name] = self._started(name)
                    self._say(f"{name} ended with {code} and was started again, process {self.pid(name)}")

    def _started(self, name: str) -> subprocess.Popen[bytes]:
        web = ["-m", "uvicorn", "facesite.asgi:application", "--port", str(self.port)]
        web += ["--no-access-log", "--no-proxy-headers"]
        command = web if name == "web" else ["manage.py", "runworker"]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self._environment(WORKER_METRICS_PORT=str(self.metrics_ports.get(name, 0))),
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for this process, which then stops them in order
            )

    def _environment(self, **more: str) -> dict[str, str]:
        around = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
        return {**around, **self._settings(), **more}

    def _settings(self) -> dict[str, str]:
        return {
            "MODEL_CACHE": os.environ.get("MODEL_CACHE", str(ROOT / "var" / "models")),
            "VAR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"redis://:{self._redis_password}@127.0.0.1:{self.valkey.port}/0",
            "SECRET_KEY": self._secret,
            "METRICS_TOKEN": self.metrics_token,
            "HTTPS": "false",
        }

    def _stop(self) -> None:
        self._over.set()
        if self._keeper.is_alive():
            self._keeper.join()
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for server in (self.valkey, self.postgres):
            server.stop()


def main() -> None:
    parser = ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    with TemporaryDirectory(prefix="facesite-cluster-") as folder:
        Path(folder).chmod(0o755)  # Postgres runs as another user when this is root
        with Cluster(Path(folder), port=options.port, workers=options.workers, say=_say) as cluster:
            _say(f"\n  {cluster.address}/   logs in {folder}")
            _say("  " + ", ".join(f"{name}: process {cluster.pid(name)}" for name in cluster.names))
            for name, port in cluster.metrics_ports.items():
                _say(f"  metrics of {name}: http://127.0.0.1:{port}/metrics")
            _say(f"  For manage.py, and $METRICS_TOKEN: . {cluster.environment_file}")
            _say("  kill -9 any of them. Ctrl-C stops everything and throws its data away.\n")
            while not ended.wait(1.0):
                pass
            _say("Stopping …")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
