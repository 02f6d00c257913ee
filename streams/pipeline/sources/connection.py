"""A connection to a camera that keeps to a deadline, however slowly its bytes trickle."""

from __future__ import annotations

import io
import socket
import time
from typing import Any

SECOND_PICTURE = 6
"""The second picture may take this many times the read limit (30 s): only then the source's own pace is known."""
PACES = 3
LONGEST_S = 45.0
"""Below the 60 s after which a read counts as stuck."""


class ReadPatience:
    """The moment by which the next picture must be here. A slow source gets three times its own pace."""

    def __init__(self, open_s: float, read_s: float) -> None:
        self.open_s, self.read_s = open_s, read_s
        self._until_s = time.monotonic() + open_s
        self._pictures, self._here_s, self._pace_s = 0, 0.0, 0.0
        self.limit_s = open_s
        """How long the wait under way may take."""

    def next_picture(self) -> None:
        """Begins the wait for a picture. Call it before each one, as soon as the one before is here."""
        now, before_s, self._here_s = time.monotonic(), self._here_s, time.monotonic()
        self._pictures += 1
        if self._pictures == 1:
            return  # the first one belongs to the opening
        if self._pictures == 2:
            self.allow(self.read_s * SECOND_PICTURE)
            return
        # The pace goes down slowly: of a few pictures in a burst the next may be late again.
        self._pace_s = max(now - before_s, self._pace_s * 0.9)
        self.allow(max(self.read_s, PACES * self._pace_s))

    def allow(self, within_s: float) -> None:
        """Begins another wait, of at most `within_s`."""
        self.limit_s = min(within_s, max(LONGEST_S, self.read_s))
        self._until_s = time.monotonic() + self.limit_s

    def left_s(self) -> float:
        """Returns how long to wait still. Raises TimeoutError if that is over."""
        left_s = self._until_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        return left_s


class Line(io.RawIOBase):
    """Reads and writes a connection within the time that its patience has left."""

    def __init__(self, connection: socket.socket, patience: ReadPatience) -> None:
        self._connection, self.patience = connection, patience

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(self.patience.left_s())
        return self._connection.recv_into(buffer)

    def send(self, data: bytes) -> None:
        self._connection.settimeout(self.patience.left_s())
        self._connection.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Returns a buffered reader, as http.client asks a socket for it."""
        return io.BufferedReader(self, 65_536)

    def close(self) -> None:
        super().close()
        self._connection.close()
