"""Sends and receives what a parent tells its camera child. A gallery in shared memory goes as a few bytes.

The memory itself is passed as an open file (SCM_RIGHTS), so it needs no name that others could open.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from multiprocessing.connection import Connection

from people.recognition.gallery.shared_gallery import GalleryReader
from people.recognition.gallery.shared_rows import Extent
from people.recognition.types import Thresholds
from streams.pipeline.messages import ToChild, UseGallery

MARK = b"\0"
"""The byte that the open file comes with."""


@dataclass(frozen=True, slots=True)
class MapGallery:
    """Parent to child: use the gallery in the memory that follows, as far as `extent`."""

    extent: Extent
    thresholds: Thresholds


def send(pipe: Connection, message: ToChild) -> None:
    """Sends `message`; one thread at a time may. Raises OSError if the child is gone."""
    shared = message.gallery.shared if isinstance(message, UseGallery) else None
    if not isinstance(message, UseGallery) or shared is None:
        pipe.send(message)
        return
    pipe.send(MapGallery(shared.extent, message.thresholds))
    with _socket(pipe) as stream:
        socket.send_fds(stream, [MARK], [shared.memory.handle])


class Orders:
    """The child's end: it keeps the gallery's memory mapped from one message to the next."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe, self._reader = pipe, GalleryReader()

    def receive(self) -> ToChild:
        """Waits for the next message. Raises EOFError or OSError if the parent is gone."""
        message: ToChild | MapGallery = self._pipe.recv()
        if not isinstance(message, MapGallery):
            return message
        with _socket(self._pipe) as stream:
            _mark, handles, _flags, _address = socket.recv_fds(stream, len(MARK), 1)
        if not handles:
            raise EOFError("the parent went away before the gallery's memory came")
        gallery, names = self._reader.gallery(message.extent, handles[0])
        return UseGallery(gallery, names, message.thresholds)


def _socket(pipe: Connection) -> socket.socket:
    """Returns the pipe as a socket of its own, which may be closed. A pipe of both directions is one."""
    return socket.fromfd(pipe.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
