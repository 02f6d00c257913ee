"""Where the kernel can, nothing but the gate connects."""

from __future__ import annotations

import socket
from concurrent.futures import Future
from threading import Thread

import pytest

from streams.pipeline.sources import confinement
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.networks import CameraNetworks
from tests.streams.pipeline.servers import hang_up, serving

pytestmark = pytest.mark.skipif(not confinement.can_confine(), reason="this kernel has no Landlock rules for networks")


def in_a_thread(work: object) -> object:
    """Runs `work` in a thread of its own: what is forbidden stays forbidden for the thread's life."""
    done: Future[object] = Future()

    def run() -> None:
        try:
            done.set_result(work())  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001
            done.set_exception(error)

    Thread(target=run).start()
    return done.result(10)


def test_a_confined_thread_and_what_it_starts_cannot_connect_or_listen() -> None:
    with serving(hang_up) as port:

        def tries() -> None:
            assert confinement.forbid_connections()
            for attempt in (
                lambda: socket.create_connection(("127.0.0.1", port), 2),
                lambda: socket.create_server(("127.0.0.1", 0)),
                lambda: in_a_thread(lambda: socket.create_connection(("127.0.0.1", port), 2)),
            ):
                with pytest.raises(PermissionError):
                    attempt()

        in_a_thread(tries)
        socket.create_connection(("127.0.0.1", port), 2).close()  # others still can


def test_the_gate_still_connects_for_a_confined_thread() -> None:
    gate = Gate(CameraNetworks.of(["127.0.0.0/8"]))
    with serving(hang_up) as port:

        def asks() -> None:
            assert confinement.forbid_connections()
            gate.dial("127.0.0.1", port, 2).close()

        in_a_thread(asks)
    gate.close()
