"""The embedded Postgres: one for all processes, gone with the last."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from facesite.embedded.server import _forget_dead_users

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


def test_dead_users_are_forgotten_and_live_ones_kept(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(30)
    register = tmp_path / "pids.json"
    register.write_text(json.dumps([gone.pid, os.getpid()]))
    _forget_dead_users(register)
    assert json.loads(register.read_text()) == [os.getpid()]


def test_the_tests_use_a_cluster_of_their_own() -> None:
    assert Path(settings.DATABASES["default"]["DATA_DIR"]).parent.name == "test"
