"""Reads an RTSP camera: speaks the protocol itself, over one TCP connection that the gate made.

FFmpeg gets coded pictures and nothing of what the server says, so no answer can lead it anywhere. Addresses in answers
(Content-Base, controls in SDP) are only named back to the same server; a redirect is not followed.
"""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit

from streams.pipeline.errors import AddressRefused, SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.connection import Line, ReadPatience
from streams.pipeline.sources.diagnosis import why_status, why_unreachable
from streams.pipeline.sources.dialling import secured
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.logins import CameraLogin

PORTS = {"rtsp": 554, "rtsps": 322}
LONGEST_LINE, MOST_HEADERS, MOST_BODY_BYTES = 16_384, 100, 65_536
SESSION_S = 60.0
"""How long a server keeps a session that is silent, if it does not say so."""
_STATUS = re.compile(r"RTSP/\d\.\d +(\d{3})(?: .*)?")
_FRAME = b"$"


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: dict[str, list[str]]
    body: str

    def header(self, name: str) -> str:
        """Returns the first value under this name, in lower case; "" if there is none."""
        return self.headers.get(name, [""])[0]


class NotRtsp(ValueError):
    """The server does not speak RTSP."""


class RtspConnection:
    """Asks and answers on one connection, between whose replies the server sends frames."""

    def __init__(self, address: str, gate: Gate, patience: ReadPatience) -> None:
        """Raises SourceDown with the reason why there is no connection."""
        url = urlsplit(address)
        host = url.hostname or ""
        self.patience, self._number, self._session = patience, 0, ""
        self._login = CameraLogin(unquote(url.username or ""), unquote(url.password or ""))
        place = f"[{host}]" if ":" in host else host
        self.url = _named(url._replace(scheme="rtsp", netloc=f"{place}:{url.port}" if url.port else place).geturl())
        try:
            connection = gate.dial(host, url.port or PORTS[url.scheme], patience.left_s())
            if url.scheme == "rtsps":
                connection.settimeout(patience.left_s())
                connection = secured(connection, host)
        except (AddressRefused, OSError, ValueError) as error:
            raise SourceDown(why_unreachable(error, patience.limit_s)) from None
        self._line = Line(connection, patience)
        self._reader = self._line.makefile("rb")
        self._early: deque[tuple[int, bytes]] = deque()
        self._kept_at_s, self._keep_every_s = time.monotonic(), SESSION_S / 2

    def ask(self, method: str, url: str, **headers: str) -> Reply:
        """Asks with the login, once the server wants it. Raises SourceDown with the reason why there is no success."""
        for _ in range(3):  # without a login, with one, and with a fresher nonce
            try:
                self._send(method, url, headers)
                reply = self._reply()
            except NotRtsp:
                raise SourceDown(Reason.OTHER_LANGUAGE.said()) from None
            except (OSError, EOFError) as error:
                raise SourceDown(why_unreachable(error, self.patience.limit_s)) from None
            if reply.status != 401:
                break
            self._login.challenged(reply.headers.get("www-authenticate", []))
        if reply.status == 401:
            raise SourceDown(Reason.LOGIN_REFUSED.said())
        if reply.status >= 300:
            raise SourceDown(why_status(reply.status))
        self._note_session(reply)
        return reply

    def frame(self) -> tuple[int, bytes]:
        """Returns the next channel and its packet. Raises SourceDown if the server falls silent or breaks off."""
        try:
            while True:
                self._keep_alive()
                if self._early:
                    return self._early.popleft()
                if self._reader.peek(1)[:1] == _FRAME:
                    return self._framed()
                self._message()  # an answer to what kept the session, or a question of the server's
        except TimeoutError:
            raise SourceDown(Reason.STREAM_STOPPED.said(silent_s=self.patience.limit_s)) from None
        except (OSError, EOFError):
            raise SourceDown(Reason.BROKE_OFF.said()) from None
        except NotRtsp:
            raise SourceDown(Reason.OTHER_LANGUAGE.said()) from None

    def close(self) -> None:
        self._line.close()

    def _send(self, method: str, url: str, headers: dict[str, str]) -> None:
        self._number += 1
        said = {"CSeq": str(self._number), "User-Agent": "facesite", **headers}
        if self._session:
            said["Session"] = self._session
        if login := self._login.header(method, url):
            said["Authorization"] = login
        lines = (f"{method} {url} RTSP/1.0", *(f"{name}: {value}" for name, value in said.items()), "", "")
        self._line.send("\r\n".join(lines).encode())

    def _reply(self) -> Reply:
        """Returns the reply to the last question; keeps the frames before it."""
        while True:
            if self._reader.peek(1)[:1] == _FRAME:
                self._early.append(self._framed())
            elif (reply := self._message()) and reply.header("cseq") in {str(self._number), ""}:
                return reply

    def _framed(self) -> tuple[int, bytes]:
        head = self._exactly(4)
        return head[1], self._exactly(int.from_bytes(head[2:4], "big"))

    def _message(self) -> Reply | None:
        """Reads one message; returns None for one that is no reply."""
        first = self._text()
        if not first:  # some cameras send empty lines between messages
            return None
        status = _STATUS.fullmatch(first)
        if status is None and not first.endswith(("RTSP/1.0", "RTSP/2.0")):
            raise NotRtsp
        headers: dict[str, list[str]] = {}
        for _ in range(MOST_HEADERS):
            line = self._text()
            if not line:
                break
            name, _, value = line.partition(":")
            headers.setdefault(name.strip().lower(), []).append(value.strip())
        else:
            raise NotRtsp
        body = self._body(headers.get("content-length", ["0"])[0])
        return Reply(int(status[1]), headers, body) if status else None

    def _body(self, size: str) -> str:
        if not (size.isascii() and size.isdigit()) or int(size) > MOST_BODY_BYTES:
            raise NotRtsp
        return self._exactly(int(size)).decode("utf-8", "replace")

    def _text(self) -> str:
        line = self._reader.readline(LONGEST_LINE)
        if not line:
            raise EOFError
        if not line.endswith(b"\n"):
            raise NotRtsp
        return line.rstrip(b"\r\n").decode("latin-1")

    def _exactly(self, size: int) -> bytes:
        data = self._reader.read(size)
        if len(data) < size:
            raise EOFError
        return data

    def _note_session(self, reply: Reply) -> None:
        session, _, rest = reply.header("session").partition(";")
        if session:
            self._session = re.sub(r"[^\x21-\x7e]", "", session)
        if told := re.search(r"timeout\s*=\s*(\d{1,5})", rest):
            self._keep_every_s = max(5.0, int(told[1]) / 2)

    def _keep_alive(self) -> None:
        now = time.monotonic()
        if self._session and now - self._kept_at_s > self._keep_every_s:
            self._kept_at_s = now
            self._send("OPTIONS", self.url, {})


def resolved(control: str, base: str) -> str:
    """Returns the address that a `control` of SDP names: absolute, `*` for all, or behind the base."""
    if not control or control == "*":
        return _named(base)
    if "://" in control:
        return _named(control)
    return _named(f"{base}{'' if base.endswith('/') else '/'}{control}")


def base_of(reply: Reply, url: str) -> str:
    return urljoin(url, reply.header("content-base") or reply.header("content-location") or url)


def _named(address: str) -> str:
    """Returns an address that fits into one line of a request, whatever a server or a person wrote."""
    return quote(re.sub(r"[\x00-\x20\x7f]", "", address), safe="/%:=&?~#+!$,;'@()*[]{}|")
