"""The only way to a camera: a thread that makes every connection, after it has checked where it leads.

It checks every address (networks.py) and pins it (dialling.py), whichever redirect, playlist or server named it. Nobody
else needs to connect: where the kernel allows it, the rest of a camera's process cannot (confinement.py).
"""

from __future__ import annotations

import queue
import socket
from concurrent.futures import Future
from threading import Thread

from streams.pipeline.sources.dialling import dial
from streams.pipeline.sources.networks import CameraNetworks

Connection = socket.socket


class Gate:
    """Dials for one camera, one connection at a time, for as long as the process lives or until `close`."""

    def __init__(self, networks: CameraNetworks) -> None:
        self._networks = networks
        self._wanted: queue.SimpleQueue[tuple[str, int, float, Future[Connection]] | None] = queue.SimpleQueue()
        Thread(target=self._serve, name="gate", daemon=True).start()

    def dial(self, host: str, port: int, within_s: float) -> Connection:
        """Opens a TCP connection. Raises AddressRefused if no address of `host` is allowed, and OSError as sockets do.

        Raises TimeoutError after `within_s`, also if no name server answers.
        """
        answer: Future[Connection] = Future()
        self._wanted.put((host, port, within_s, answer))
        try:
            return answer.result(within_s + 0.1)
        except TimeoutError:
            if not answer.cancel():
                answer.add_done_callback(_drop)
            raise

    def close(self) -> None:
        self._wanted.put(None)

    def _serve(self) -> None:
        while (wanted := self._wanted.get()) is not None:
            host, port, within_s, answer = wanted
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(dial(host, port, self._networks, within_s))
                except Exception as error:  # noqa: BLE001 - whoever waits raises it
                    answer.set_exception(error)


def _drop(late: Future[Connection]) -> None:
    """Closes a connection that came after nobody waited for it any more."""
    if not late.cancelled() and late.exception() is None:
        late.result().close()
