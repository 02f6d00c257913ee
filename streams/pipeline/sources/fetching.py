"""Fetches over HTTP for one camera: every address, also of a redirect or a playlist, goes through the gate."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import cast
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from streams.pipeline.errors import AddressRefused, SourceDown
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.connection import Line, ReadPatience
from streams.pipeline.sources.diagnosis import why_status, why_unreachable
from streams.pipeline.sources.dialling import secured
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.logins import CameraLogin

PORTS = {"http": 80, "https": 443}
MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Some relays answer 403 to a client without a name.
_HEADERS = ("User-Agent: facesite", "Accept: */*", "Connection: close")
_FAULTS = frozenset({400, 401, 500})
"""Statuses with which a device says in its body what it will not do."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for besides the address; with a body it is a POST."""

    headers: tuple[str, ...] = ()
    body: bytes = b""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"

    @property
    def faults(self) -> frozenset[int]:
        return _FAULTS if self.body else frozenset()


class HttpAnswer:
    """One answer, read from its start. Raises SourceDown if the server falls silent or breaks off."""

    def __init__(self, response: HTTPResponse, line: Line, url: str) -> None:
        self._response, self._line, self._ahead = response, line, b""
        self.url = url
        """Where it came from, after redirects and without a login."""
        self.type = response.headers.get_content_type() if "content-type" in response.headers else ""
        if self.type.startswith("multipart/"):  # it goes on; some cameras say 0, or the length of one picture
            response.length = None
        self.is_part = response.status == 206
        self.length_bytes = response.length
        self.in_parts = self.is_part or "bytes" in (response.headers.get("accept-ranges") or "").lower()
        """Whether the server sends any part of it, too."""

    @property
    def patience(self) -> ReadPatience:
        return self._line.patience

    def read(self, size: int, /) -> bytes:
        """Returns at most `size` bytes, as soon as there are some; none at the end."""
        if self._ahead:
            taken, self._ahead = self._ahead[:size], self._ahead[size:]
            return taken
        try:
            return self._response.read1(size)
        except TimeoutError:
            raise SourceDown(Reason.STREAM_STOPPED.said(silent_s=self.patience.limit_s)) from None
        except (OSError, HTTPException, ValueError):
            raise SourceDown(Reason.BROKE_OFF.said()) from None

    def put_back(self, data: bytes) -> None:
        """Lets `data` be read once more, before what follows."""
        self._ahead = data + self._ahead

    def peek(self, size: int) -> bytes:
        """Returns the next `size` bytes, or fewer at the end, and leaves them to be read."""
        ahead = b""
        try:
            while len(ahead) < size and (more := self.read(size - len(ahead))):
                ahead += more
        finally:  # what came before the server fell silent is there to be read
            self.put_back(ahead)
        return ahead

    def whole(self, most_bytes: int) -> bytes:
        """Returns everything up to the end. Raises SourceDown if that is more than `most_bytes`, or not all came."""
        said, here = self.length_bytes, bytearray()
        while more := self.read(65_536):
            here += more
            if len(here) > most_bytes:
                raise SourceDown(Reason.TOO_LONG.said(most_mb=most_bytes / 1e6))
        if said is not None and len(here) < said:
            raise SourceDown(Reason.BROKE_OFF.said())
        return bytes(here)

    def close(self) -> None:
        self._response.close()
        self._line.close()


class Fetcher:
    """Asks servers for one camera. Its login goes only to the server for which it was entered.

    `in_clear`: whether a server that asks for the password in clear (Basic) gets it.
    """

    def __init__(self, address: str, gate: Gate, open_s: float, read_s: float, *, in_clear: bool = True) -> None:
        self._gate, self._open_s, self._read_s, self._in_clear = gate, open_s, read_s, in_clear
        url = urlsplit(address)
        self._logins, self._entered_for = {_server(url): self._login(url)}, _server(url)

    def get(
        self,
        address: str,
        first_byte: int | None = None,
        last_byte: int | None = None,
        patience: ReadPatience | None = None,
    ) -> HttpAnswer:
        """Returns a successful answer. Raises SourceDown with the reason why there is none."""
        patience = patience or ReadPatience(self._open_s, self._read_s)
        url = address
        for _ in range(MOST_REDIRECTS + 1):
            answered = self._ask(url, _Asked(_part(first_byte, last_byte)), patience)
            if isinstance(answered, HttpAnswer):
                return answered
            url = answered
        raise SourceDown(Reason.TOO_MANY_REDIRECTS.said())

    def post(self, address: str, body: bytes, content_type: str, patience: ReadPatience) -> HttpAnswer:
        """Sends `body`, which is not empty; returns a successful answer, or a fault that the server explains.

        Raises SourceDown with the reason why there is none. A redirect is not followed: the body is for this server.
        """
        answered = self._ask(address, _Asked((f"Content-Type: {content_type}",), body), patience)
        if isinstance(answered, HttpAnswer):
            return answered
        raise SourceDown(Reason.REDIRECTED.said())

    def _login(self, url: SplitResult) -> CameraLogin:
        return CameraLogin(unquote(url.username or ""), unquote(url.password or ""), self._in_clear)

    def _is_elsewhere(self, url: SplitResult) -> bool:
        """Returns whether this is not the server for which there is a login."""
        return self._logins[self._entered_for].given and _server(url) != self._entered_for

    def _ask(self, address: str, asked: _Asked, patience: ReadPatience) -> HttpAnswer | str:
        """Returns the answer, or the address to which the server redirects."""
        url = _split(address)
        login = self._logins.setdefault(_server(url), self._login(url))
        for _ in range(3):  # without a login, with one, and with a fresher nonce
            answer, response = self._once(url, login, asked, patience)
            challenges = response.headers.get_all("www-authenticate") or []
            if response.status in asked.faults and not challenges:
                return answer
            if response.status == 401:
                answer.close()
                if not login.given and self._is_elsewhere(url):
                    raise SourceDown(Reason.LOGIN_ELSEWHERE.said(server=_place(url, url.hostname or "")))
                login.challenged(challenges)
                continue
            login.taken()
            if response.status < 300:
                return answer
            answer.close()
            if response.status in _REDIRECTS:
                return _redirected(answer.url, response.headers.get("location") or "")
            raise SourceDown(why_status(response.status))
        raise SourceDown(Reason.LOGIN_REFUSED.said())

    def _once(
        self, url: SplitResult, login: CameraLogin, asked: _Asked, patience: ReadPatience
    ) -> tuple[HttpAnswer, HTTPResponse]:
        host = url.hostname or ""
        try:
            line = self._connect(url, host, patience)
            line.send(_request(url, host, login, asked))
            response = HTTPResponse(cast("ssl.SSLSocket", line), method=asked.method)  # it only asks for makefile
            response.begin()
        except (AddressRefused, OSError, HTTPException, ValueError) as error:
            raise SourceDown(why_unreachable(error, self._open_s)) from None
        return HttpAnswer(response, line, url._replace(netloc=_place(url, host)).geturl()), response

    def _connect(self, url: SplitResult, host: str, patience: ReadPatience) -> Line:
        connection = self._gate.dial(host, url.port or PORTS[url.scheme], patience.left_s())
        if url.scheme == "https":
            connection.settimeout(patience.left_s())
            connection = secured(connection, host)
        return Line(connection, patience)


def _split(address: str) -> SplitResult:
    """Raises SourceDown for an address that cannot be read, or that is not http or https."""
    try:
        url = urlsplit(address)
        _ = url.port, url.hostname.encode("idna") if url.hostname else b""
    except UnicodeError:  # no name server can be asked for such a name
        raise SourceDown(Reason.UNKNOWN_NAME.said()) from None
    except ValueError:
        raise SourceDown(Reason.BAD_REDIRECT.said()) from None
    if url.scheme not in PORTS:
        raise SourceDown(Reason.OTHER_SCHEME.said())
    if not url.hostname:
        raise SourceDown(Reason.BAD_REDIRECT.said())
    return url


def _redirected(url: str, location: str) -> str:
    try:
        if location:
            return urljoin(url, location)
    except ValueError:
        pass
    raise SourceDown(Reason.BAD_REDIRECT.said())


def _request(url: SplitResult, host: str, login: CameraLogin, asked: _Asked) -> bytes:
    # Whatever an address holds, it stays one line: everything unusual is percent-encoded.
    target = quote(url.path or "/", safe="/%:=&~+!$,;'@()*") + ("?" if url.query else "")
    target += quote(url.query, safe="/%:=&?~+!$,;'@()*[]{}|")
    said = login.header(asked.method, target)
    length = [f"Content-Length: {len(asked.body)}"] if asked.body else []
    own = (*asked.headers, *length, *([f"Authorization: {said}"] if said else []))
    head = (f"{asked.method} {target} HTTP/1.1", f"Host: {_place(url, host)}", *_HEADERS, *own, "", "")
    return "\r\n".join(head).encode("utf-8", "surrogateescape") + asked.body


def _place(url: SplitResult, host: str) -> str:
    host = f"[{host}]" if ":" in host else host.encode("idna").decode()
    return f"{host}:{url.port}" if url.port else host


def _part(first: int | None, last: int | None) -> tuple[str, ...]:
    return () if first is None else (f"Range: bytes={first}-{'' if last is None else last}",)


def _server(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port
