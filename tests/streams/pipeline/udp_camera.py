"""A camera that speaks RTSP over TCP and sends its packets over UDP, honestly or not."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Thread

from tests.streams.pipeline.rtsp_camera import RtspCamera

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
Send = Callable[[bytes], None]


@dataclass
class UdpCamera(RtspCamera):
    accepts: tuple[str, ...] = ("udp",)
    granted: str = "RTP/AVP;unicast;client_port={client};server_port={server}"
    """What SETUP answers."""
    server_port: str = "{}-{}"
    lasts_s: float = 0.5
    """How long it stays after its last packet, unless the client says goodbye."""
    before: Callable[[Send, Send], None] = lambda ours, others: None
    """Called between SETUP and PLAY, with what sends from our own address, and from another one."""
    meanwhile: Callable[[Send, Send], None] = lambda ours, others: None
    """Called before each packet."""
    reports: list[bytes] = field(default_factory=list)
    """What came to its port for reports."""
    greetings: list[bytes] = field(default_factory=list)
    """What came to its port for packets."""

    def __post_init__(self) -> None:
        self._packets, self._reports, self._others = (_socket(host) for host in (HERE, HERE, ELSEWHERE))

    def _set_up(self, head: str) -> str | None:
        wanted = "tcp" if "TCP" in head else "udp"
        if wanted not in self.accepts:
            return None
        if wanted == "tcp":
            return super()._set_up(head)
        client = re.search(r"client_port=(\d+)-(\d+)", head)
        assert client
        self._to = HERE, int(client[1])
        server = self.server_port.format(self._packets.getsockname()[1], self._reports.getsockname()[1])
        self.before(self._ours, self._elses)
        return f"Transport: {self.granted.format(client=f'{client[1]}-{client[2]}', server=server)}\r\n"

    def _play(self, connection: socket.socket) -> None:
        if not hasattr(self, "_to"):
            return super()._play(connection)
        listeners = [
            Thread(target=_listen, args=(line, heard), daemon=True)
            for line, heard in ((self._packets, self.greetings), (self._reports, self.reports))
        ]
        for each in listeners:
            each.start()
        for packet in self.packets:
            self.meanwhile(self._ours, self._elses)
            self._ours(packet)
            time.sleep(self.every_s)
        return self._listen_on(connection)

    def _listen_on(self, connection: socket.socket) -> None:
        connection.settimeout(self.lasts_s)
        try:
            while head := connection.recv(8192).decode():
                self.asked.append(head.partition("\r\n")[0].rsplit(" ", 1)[0])
                connection.sendall(b"RTSP/1.0 200 OK\r\nCSeq: 99\r\n\r\n")
        except TimeoutError:
            return

    def _ours(self, packet: bytes) -> None:
        self._packets.sendto(packet, self._to)

    def _elses(self, packet: bytes) -> None:
        self._others.sendto(packet, self._to)

    def close(self) -> None:
        for line in (self._packets, self._reports, self._others):
            line.close()


def _socket(host: str) -> socket.socket:
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind((host, 0))
    return line


def _listen(line: socket.socket, heard: list[bytes]) -> None:
    line.settimeout(5)
    try:
        while True:
            heard.append(line.recv(2048))
    except OSError:
        return
