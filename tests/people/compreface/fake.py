"""A small CompreFace: what its controllers answer to who reads its collection, peculiarities included.

Taken from its sources (EmbeddingController, EmbeddingRepository): pages have no order unless one asks for it; pictures
that it did not keep are empty answers with 200; an unknown key is 404 with code 10.
"""

from __future__ import annotations

import json
import random
import socket
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid5

KEY = "00000000-0000-0000-0000-000000000002"
ORIGIN = UUID(int=7)


class FakeCompreFace:
    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.pictures: dict[str, tuple[str, bytes]] = {}
        """Subject and bytes by image id."""
        self.faults: list[tuple[int, dict[str, str]]] = []
        """Answered, one after the other, before anything else."""
        self.broken: set[str] = set()
        """Image ids that are always 500."""
        self.fetching_s = 0.0
        """How long a picture takes."""
        self.asked: list[str] = []
        self.most_at_once = 0
        self.connections = 0
        self._now = 0
        self._lock = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> FakeCompreFace:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, subject: str, *pictures: bytes) -> list[str]:
        if subject not in self.subjects:
            self.subjects.append(subject)
        ids = [str(uuid5(ORIGIN, f"{subject} {len(self.pictures) + number}")) for number in range(len(pictures))]
        self.pictures |= {each: (subject, data) for each, data in zip(ids, pictures, strict=True)}
        return ids

    def answer(self, target: str, key: str | None) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if self.faults:
            status, headers = self.faults.pop(0)
            return status, headers, b"<html>Bad Gateway</html>"
        if key is None:
            return _refusal(400, 20, "Missing header: x-api-key")
        if key != KEY:
            return _refusal(404, 10, "Face service with this API key not found")
        match parts.path.removeprefix("/api/v1/recognition").split("/"):
            case ["", "subjects"]:
                return _json({"subjects": self.subjects})
            case ["", "faces"]:
                return _json(self._page(int(query.get("page", "0")), int(query.get("size", "20")), query.get("sort")))
            case ["", "faces", image_id, "img"]:
                if image_id in self.broken:
                    return 500, {}, b'{"message": "Something went wrong", "code": 0}'
                time.sleep(self.fetching_s)
                kept = self.pictures.get(image_id, ("", b""))[1]
                return 200, {"Content-Type": "application/octet-stream"}, kept
        return _refusal(404, 0, "Not found")

    def _page(self, page: int, size: int, sort: str | None) -> dict[str, object]:
        size = min(size, 3)  # so that a handful of faces has pages, and nobody relies on the size that was asked for
        faces = [{"image_id": image_id, "subject": subject} for image_id, (subject, _) in sorted(self.pictures.items())]
        if sort != "id":
            random.shuffle(faces)
        return {
            "faces": faces[page * size : (page + 1) * size],
            "page_number": page,
            "page_size": size,
            "total_pages": -(-len(faces) // size),
            "total_elements": len(faces),
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                with fake._lock:
                    fake.connections += 1

            def do_GET(self) -> None:
                with fake._lock:
                    fake.asked.append(self.path)
                    fake._now += 1
                    fake.most_at_once = max(fake.most_at_once, fake._now)
                status, headers, body = fake.answer(self.path, self.headers.get("x-api-key"))
                with fake._lock:
                    fake._now -= 1
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None: ...

        return Handler


class ScriptedServer:
    """Answers every request with the same pieces of bytes, one after the other, and hangs up."""

    def __init__(self, *pieces: bytes, pause_s: float = 0.0) -> None:
        self._pieces, self._pause_s = pieces, pause_s
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = Thread(target=self._answer_all)

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listener.close()
        self._thread.join()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _answer_all(self) -> None:
        while True:
            try:
                asking, _ = self._listener.accept()
            except OSError:  # closed
                return
            with asking, suppress(ConnectionError):
                asking.recv(10_000)
                for piece in self._pieces:
                    asking.sendall(piece)
                    time.sleep(self._pause_s)


def _json(told: object) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()


def _refusal(status: int, code: int, message: str) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps({"message": message, "code": code}).encode()
