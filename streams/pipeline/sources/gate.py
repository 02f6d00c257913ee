"""The only way to a camera: a thread that makes every connection and every UDP port, and checks where they lead.

It checks every address (networks.py) and pins it (dialling.py), whichever redirect, playlist or server named it. Nobody
else needs to connect: where the kernel allows it, the rest of a camera's process cannot (confinement.py).
"""

from __future__ import annotations

import queue
import socket
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from ipaddress import ip_address
from threading import Thread
from typing import Any, TypeVar

from streams.pipeline.sources.dialling import dial
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.udp_ports import UdpPorts, ports_beside

OPEN_PORTS_S = 2.0
Made = TypeVar("Made", socket.socket, UdpPorts)


class Gate:
    """Dials for one camera, one connection at a time, for as long as the process lives or until `close`."""

    def __init__(self, networks: CameraNetworks) -> None:
        self._networks = networks
        self._wanted: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        Thread(target=self._serve, name="gate", daemon=True).start()

    def dial(self, host: str, port: int, within_s: float) -> socket.socket:
        """Opens a TCP connection. Raises AddressRefused if no address of `host` is allowed, and OSError as sockets do.

        Raises TimeoutError after `within_s`, also if no name server answers.
        """
        return self._done(partial(dial, host, port, self._networks, within_s), within_s + 0.1)

    def ports_beside(self, connection: socket.socket) -> UdpPorts:
        """Opens a pair of UDP ports for the server at the other end of `connection`, and for nobody else.

        Raises AddressRefused if no camera may be there, and OSError.
        """
        return self._done(partial(self._ports_beside, connection), OPEN_PORTS_S)

    def close(self) -> None:
        self._wanted.put(None)

    def _done(self, work: Callable[[], Made], within_s: float) -> Made:
        answer: Future[Made] = Future()
        self._wanted.put((work, answer))
        try:
            return answer.result(within_s)
        except TimeoutError:
            if not answer.cancel():
                answer.add_done_callback(_drop)
            raise

    def _ports_beside(self, connection: socket.socket) -> UdpPorts:
        self._networks.check(ip_address(connection.getpeername()[0].split("%", 1)[0]))
        return ports_beside(connection)

    def _serve(self) -> None:
        while (wanted := self._wanted.get()) is not None:
            work, answer = wanted
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(work())
                except Exception as error:  # noqa: BLE001 - whoever waits raises it
                    answer.set_exception(error)


def _drop(late: Future[Any]) -> None:
    """Closes what was opened after nobody waited for it any more."""
    if not late.cancelled() and late.exception() is None:
        late.result().close()
