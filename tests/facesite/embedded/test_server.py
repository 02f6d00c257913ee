"""The embedded Postgres: one for all processes, gone with the last."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from facesite.embedded.server import _configure, _forget_dead_users, _servers

USER = """
import sys, time
from pathlib import Path
from facesite.embedded.server import socket_folder
print(socket_folder(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def user_of(data_dir: Path) -> subprocess.Popen[str]:
    """A process that uses the server of `data_dir` until its standard input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline().strip()
    return process


def running(data_dir: Path) -> bool:
    pid_file = data_dir / "postmaster.pid"
    return pid_file.exists() and Path(f"/proc/{pid_file.read_text().split()[0]}").exists()


@pytest.mark.django_db
def test_it_is_a_postgres_with_vectors_driven_by_psycopg2() -> None:
    assert connection.Database.__name__ == "psycopg2"
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        assert ("vector",) in cursor.fetchall()


@pytest.mark.integration
def test_the_last_process_to_leave_stops_the_server(tmp_path: Path) -> None:
    data_dir = tmp_path / "pg"
    first, second = user_of(data_dir), user_of(data_dir)
    first.communicate("", timeout=30)
    assert running(data_dir)
    second.communicate("", timeout=30)
    assert not running(data_dir)


@pytest.mark.integration
def test_a_killed_process_does_not_keep_the_server_alive_for_ever(tmp_path: Path) -> None:
    data_dir = tmp_path / "pg"
    killed = user_of(data_dir)
    killed.kill()
    killed.communicate(timeout=30)
    assert running(data_dir)
    user_of(data_dir).communicate("", timeout=30)
    assert not running(data_dir)


@pytest.mark.integration
def test_a_container_that_was_killed_leaves_numbers_of_processes_that_mean_nothing(tmp_path: Path) -> None:
    """In the next one they are other processes, such as this one: neither a server that runs nor a user of it."""
    data_dir = tmp_path / "pg"
    killed = user_of(data_dir)
    server = int((data_dir / "postmaster.pid").read_text().split()[0])
    for pid in (killed.pid, server):
        os.kill(pid, signal.SIGKILL)
    killed.communicate(timeout=30)
    while any(process.info["cwd"] == str(data_dir) for process in _servers()):  # its children notice and follow
        time.sleep(0.05)
    _, *rest = (data_dir / "postmaster.pid").read_text().splitlines()
    (data_dir / "postmaster.pid").write_text("\n".join([str(os.getpid()), *rest, ""]))
    (data_dir / ".handle_pids.json").write_text(json.dumps([os.getpid()]))
    user_of(data_dir).communicate("", timeout=60)
    assert not running(data_dir)


def test_a_container_with_little_shared_memory_sorts_in_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "postgresql.conf").write_text("# made by initdb\n")
    for available, wanted in ((64_000_000, "mmap"), (2_000_000_000, "posix")):
        monkeypatch.setattr("facesite.embedded.server._shared_memory_bytes", lambda: available)  # noqa: B023
        _configure(tmp_path)
        assert (tmp_path / "facesite.conf").read_text() == f"dynamic_shared_memory_type = {wanted}\n"
    assert (tmp_path / "postgresql.conf").read_text().count("facesite.conf") == 1


def test_dead_users_are_forgotten_and_live_ones_kept(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(30)
    register = tmp_path / "pids.json"
    register.write_text(json.dumps([gone.pid, os.getpid()]))
    _forget_dead_users(register)
    assert json.loads(register.read_text()) == [os.getpid()]


def test_the_tests_use_a_cluster_of_their_own() -> None:
    assert Path(settings.DATABASES["default"]["DATA_DIR"]).parent.name == "test"
