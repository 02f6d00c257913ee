"""The fork server: children share its libraries, survive its death, and end with the worker."""

import os
import signal
import subprocess
import sys
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from people.recognition.engine.engine import Engine
from people.recognition.pictures.images import decode
from streams.running import forking
from tests.streams.fake_children import encodes, loaded

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each child starts an interpreter of its own"),
]
WORKER = """
import time
from streams.running import forking
from tests.streams.fake_children import hangs_until_its_parent_is_gone
context = forking.children()
ours, theirs = context.Pipe()
child = context.Process(target=hangs_until_its_parent_is_gone, args=(theirs,), daemon=True)
forking.start(child)
theirs.close()
print(child.pid, ours.recv(), flush=True)
time.sleep(60)
"""


def asked() -> tuple[int, int, int, bool]:
    """Starts a child; returns its own id, its parent's, how many threads it has, and whether it had the libraries."""
    context = forking.children()
    ours, theirs = context.Pipe()
    child = context.Process(target=loaded, args=(theirs,), daemon=True)
    forking.start(child)
    theirs.close()
    assert ours.poll(60)
    said: tuple[int, int, int, bool] = ours.recv()
    child.join()
    assert child.exitcode == 0
    return said


def is_gone(pid: int, within_s: float = 20) -> bool:
    end = time.monotonic() + within_s
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_children_begin_with_the_libraries_and_one_thread_and_have_one_parent() -> None:
    one, two = asked(), asked()
    assert one[0] != two[0] and one[1] == two[1] != os.getpid()
    assert one[2:] == two[2:] == (1, True)


def test_children_encode_with_networks_in_common_memory(portraits: Path) -> None:
    context = forking.children()
    ours, theirs = context.Pipe()
    child = context.Process(target=encodes, args=(str(settings.MODEL_CACHE), str(portraits / "obama.jpg"), theirs))
    forking.start(child)
    theirs.close()
    assert ours.poll(60)
    vector, had_networks, own_mb = ours.recv()
    child.join()
    image = decode((portraits / "obama.jpg").read_bytes(), max_bytes=50_000_000)
    engine = Engine.load(Path(settings.MODEL_CACHE))
    assert had_networks and np.array_equal(vector, engine.encode(image, engine.detect(image))[0])
    assert own_mb < 40  # the networks take 115
    assert len([*Path(f"/proc/{server_pid()}/task").iterdir()]) == 1


def server_pid() -> int:
    return asked()[1]


def test_a_fork_server_that_was_killed_is_started_anew() -> None:
    _, server, _, _ = asked()
    os.kill(server, signal.SIGKILL)
    _, another, _, had_libraries = asked()
    assert another != server and had_libraries


def test_a_running_child_survives_the_fork_server() -> None:
    context = forking.children()
    ours, theirs = context.Pipe()
    child = context.Process(target=echoes, args=(theirs,), daemon=True)
    forking.start(child)
    theirs.close()
    server = ours.recv()
    os.kill(server, signal.SIGKILL)
    assert is_gone_or_zombie(server)
    ours.send("still there")
    assert ours.poll(20) and ours.recv() == "still there"
    ours.close()
    assert child.pid and is_gone(child.pid)


def echoes(pipe: Connection) -> None:
    pipe.send(os.getppid())
    pipe.send(pipe.recv())
    pipe.poll(60)


def is_gone_or_zombie(pid: int) -> bool:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_children_and_fork_server_end_with_a_worker_that_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", WORKER], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        child, server = (int(word) for word in worker.stdout.readline().split())
        worker.kill()
    assert is_gone(child) and is_gone(server)
