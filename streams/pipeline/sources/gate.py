"""The only way from FFmpeg to a camera: a listener on loopback whose connections we make, and check, ourselves.

FFmpeg resolves names by itself and follows redirects and playlists wherever they lead. So it is given this door
instead of the camera: as the proxy of everything it fetches over HTTP, and in place of an RTSP server. Behind the
door every address is checked (networks.py) and pinned (dialling.py), whichever redirect or playlist named it.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable
from threading import Lock, Thread
from urllib.parse import SplitResult, urlsplit

from streams.pipeline.errors import AddressRefused
from streams.pipeline.reasons import Sentence
from streams.pipeline.sources.dialling import dial, secured
from streams.pipeline.sources.networks import Networks
from streams.pipeline.sources.proxying import serve_proxy
from streams.pipeline.sources.relaying import RedirectGuard, pump

logger = logging.getLogger(__name__)

PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
Dial = Callable[[str, int], socket.socket]


class Gate:
    """For one address; open until `close()`. Other programs of this machine could use it too, and reach nothing
    that the rules forbid; user and password travel with FFmpeg's own requests, never with the gate's."""

    def __init__(self, address: str, networks: Networks) -> None:
        self._url, self._networks = urlsplit(address), networks
        self._open: set[socket.socket] = set()
        self._lock, self._closed = Lock(), False
        self.problem: Sentence | None = None
        """Why something that FFmpeg asked for was refused."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        Thread(target=self._accept, name="gate", daemon=True).start()

    @property
    def address(self) -> str:
        """What FFmpeg is to open."""
        if not self._is_rtsp:
            return self._url.geturl()
        login, at, _ = self._url.netloc.rpartition("@")
        return SplitResult("rtsp", f"{login}{at}{self._here}", *self._url[2:]).geturl()

    @property
    def proxy(self) -> str | None:
        """What FFmpeg is to fetch through; None when `address` leads here by itself."""
        return None if self._is_rtsp else f"http://{self._here}"

    def dial(self, host: str, port: int) -> socket.socket:
        """As dialling.dial by the gate's rules; a refusal is kept in `problem`."""
        try:
            return dial(host, port, self._networks)
        except AddressRefused as refused:
            self.problem = refused.said
            raise

    def close(self) -> None:
        with self._lock:
            self._closed = True
            ending = [self._listener, *self._open]
        for each in ending:
            _hang_up(each)

    @property
    def _is_rtsp(self) -> bool:
        return self._url.scheme.lower().startswith("rtsp")

    @property
    def _here(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def _port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    def _accept(self) -> None:
        with self._listener:
            while True:
                try:
                    client, _ = self._listener.accept()
                except OSError:  # closed
                    return
                Thread(target=self._serve, args=(client,), name="gate-connection", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            if not self._remember(client):
                return
            try:
                (self._relay if self._is_rtsp else self._proxy)(client)
            except AddressRefused as refused:
                self.problem = refused.said
            except OSError as error:  # either side left; FFmpeg notices by itself
                logger.debug("a connection ended: %s", type(error).__name__)
            finally:
                with self._lock:
                    self._open.discard(client)

    def _remember(self, client: socket.socket) -> bool:
        with self._lock:
            self._open.add(client)
            return not self._closed

    def _proxy(self, client: socket.socket) -> None:
        serve_proxy(client, self.dial)

    def _relay(self, client: socket.socket) -> None:
        host, scheme = self._url.hostname or "", self._url.scheme.lower()
        with self.dial(host, self._url.port or PORTS[scheme]) as plain:
            camera: socket.socket | ssl.SSLSocket = secured(plain, host) if scheme == "rtsps" else plain
            with camera:
                pump(client, camera, RedirectGuard())


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)  # wakes whoever waits on it; its own thread closes it
    except OSError:  # was not connected any more
        connection.close()
