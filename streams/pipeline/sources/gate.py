"""The only way from FFmpeg to a camera: a listener on loopback that checks and makes every connection itself.

FFmpeg resolves names by itself and follows redirects and playlists wherever they lead. So we give it this gate
instead of the camera: as the proxy for everything it fetches over HTTP, and in place of an RTSP server. The gate
checks every address (networks.py) and pins it (dialling.py), whichever redirect or playlist named it.
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
from streams.pipeline.sources.networks import CameraNetworks
from streams.pipeline.sources.proxying import serve_proxy
from streams.pipeline.sources.relaying import RedirectGuard, pump

logger = logging.getLogger(__name__)

PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
Dial = Callable[[str, int], socket.socket]


class Gate:
    """The gate for one address, open until `close()`.

    Other programs of this machine could use it too, but would reach nothing that the rules forbid. User and password
    travel in FFmpeg's own requests, never in the gate's.
    """

    def __init__(self, address: str, networks: CameraNetworks) -> None:
        self._url, self._networks = urlsplit(address), networks
        self._open: set[socket.socket] = set()
        self._lock, self._closed = Lock(), False
        self.problem: Sentence | None = None
        """Why the gate refused something that FFmpeg asked for."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        Thread(target=self._accept, name="gate", daemon=True).start()

    @property
    def address(self) -> str:
        """Returns the address that FFmpeg must open."""
        if not self._is_rtsp:
            return self._url.geturl()
        login, at, _ = self._url.netloc.rpartition("@")
        return SplitResult("rtsp", f"{login}{at}{self._here}", *self._url[2:]).geturl()

    @property
    def proxy(self) -> str | None:
        """Returns the proxy that FFmpeg must use; None if `address` itself leads to the gate."""
        return None if self._is_rtsp else f"http://{self._here}"

    def dial(self, host: str, port: int) -> socket.socket:
        """Calls dialling.dial with the gate's rules, and keeps a refusal in `problem`."""
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
        connection.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits on it, and that thread closes it
    except OSError:  # no longer connected
        connection.close()
