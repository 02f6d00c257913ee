"""The container with everything in it: its first start, its end, kill -9, a second one on its volume, and a backup.

Needs podman and the images (`make image`); skipped, visibly, without. Its network is none: whoever asks is inside.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.deploy.podman import STANDALONE, Podman, missing

pytestmark = [
    pytest.mark.integration,
    pytest.mark.alone,
    pytest.mark.timeout(900),
    pytest.mark.skipif(bool(missing()), reason=missing() or "-"),
]
READY_S = 300.0
READY = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:8000/readyz', timeout=4).status)"
TOKEN = """
import json, sys
from urllib.request import Request, urlopen
login = json.dumps({"username": "admin", "password": sys.argv[1]}).encode()
ask = Request("http://127.0.0.1:8000/api/v1/token/", login, {"Content-Type": "application/json"})
print(bool(json.load(urlopen(ask, timeout=20))["token"]))
"""
CONFINED = ("--network", "none", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "all")


@dataclass
class Box:
    """A container `name` over a volume of the same name."""

    podman: Podman
    name: str
    password: str = field(default="")

    def start(self, *more: str) -> None:
        self.podman(
            "run", "--detach", "--name", self.name, *CONFINED, *more, "--volume", f"{self.name}:/data", STANDALONE
        )
        self.await_ready()

    def await_ready(self) -> None:
        deadline = time.monotonic() + READY_S
        while "200" not in self.inside("python", "-c", READY, check=False):
            assert time.monotonic() < deadline, self.podman.logs(self.name)
            time.sleep(0.5)

    def inside(self, *command: str, check: bool = True) -> str:
        return self.podman("exec", self.name, *command, check=check)

    def beside(self, *command: str, check: bool = True, more: tuple[str, ...] = ()) -> str:
        """Runs `command` in another container over the same volume."""
        return self.podman(
            "run", "--rm", *CONFINED, "--volume", f"{self.name}:/data", *more, STANDALONE, *command, check=check
        )

    def told(self) -> list[str]:
        """The passwords that its log has told."""
        return re.findall(r"Password +(\S+)", self.podman.logs(self.name))

    def remove(self) -> None:
        self.podman("rm", "--force", "--ignore", self.name)
        self.podman("volume", "rm", "--force", self.name)


@pytest.fixture(scope="module")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Podman:
    return Podman(tmp_path_factory.mktemp("standalone"))


@pytest.fixture(scope="module")
def box(podman: Podman) -> Iterator[Box]:
    box = Box(podman, "facesite-box")
    box.remove()
    try:
        box.start()
        (box.password,) = box.told()
        yield box
    finally:
        box.remove()


def test_the_login_that_its_log_tells_gets_in(box: Box) -> None:
    assert box.inside("python", "-c", TOKEN, box.password).strip() == "True"


def test_it_is_nobody_with_rights_and_says_that_it_is_well(box: Box) -> None:
    assert box.inside("id", "-u").strip() == "10001"
    assert "0000000000000000" in box.inside("grep", "CapEff", "/proc/1/status")
    assert box.podman("healthcheck", "run", box.name, check=False).strip() in ("", "healthy")
    assert box.inside("python", "manage.py", "doctor", check=False).count("UNWELL") == 0


def test_its_keys_are_in_the_volume_and_its_owners_alone(box: Box) -> None:
    assert box.inside("stat", "--format", "%a %u", "/data/secret-key").split() == ["600", "10001"]
    assert box.inside("stat", "--format", "%a", "/data/postgres").strip() == "700"


def test_its_database_does_not_need_shared_memory_that_a_container_lacks(box: Box) -> None:
    assert "mmap" in box.inside("cat", "/data/postgres/facesite.conf")


@pytest.mark.parametrize("command", [(), ("python", "manage.py", "tidy")], ids=["the site again", "a command"])
def test_a_second_container_over_its_volume_refuses_and_harms_nothing(box: Box, command: tuple[str, ...]) -> None:
    said = box.beside(*command, check=False)
    assert "in use by another container" in said
    box.await_ready()


def test_a_command_in_the_same_container_shares_the_database(box: Box) -> None:
    assert "0 objects deleted" in box.inside("python", "manage.py", "sweep_orphans")


def test_sigterm_ends_it_in_order_and_it_starts_again_without_telling_the_password(box: Box) -> None:
    began = time.monotonic()
    box.podman("stop", "--time", "10", box.name)
    assert time.monotonic() - began < 10
    assert box.podman.await_end(box.name, within_s=5) == 0, box.podman.logs(box.name)
    assert "database system is shut down" in box.beside("tail", "-n", "3", "/data/postgres/log")
    box.podman("start", box.name)
    box.await_ready()
    assert box.told() == [box.password]


def test_kill_9_loses_nothing(box: Box) -> None:
    box.podman("kill", "--signal", "KILL", box.name)
    box.podman.await_end(box.name, within_s=10)
    box.podman("start", box.name)
    box.await_ready()
    assert box.inside("python", "-c", TOKEN, box.password).strip() == "True"


def test_a_backup_of_it_is_another_box_after_one_command(box: Box, podman: Podman) -> None:
    box.inside("python", "manage.py", "backup", "/data/site.backup")
    other = Box(podman, "facesite-other-box", box.password)
    other.remove()
    try:
        source = ("--volume", f"{box.name}:/from:ro")
        said = other.beside("python", "manage.py", "restore", "/from/site.backup", more=source)
        assert "The site is as it was at" in said
        other.start()
        assert other.told() == []
        assert other.inside("python", "-c", TOKEN, box.password).strip() == "True"
    finally:
        other.remove()
