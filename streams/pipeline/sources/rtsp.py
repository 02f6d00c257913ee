"""Talks to an RTSP server: speaks the protocol itself, over one TCP connection that the gate made.

FFmpeg gets coded pictures and nothing of what the server says, so no answer can lead it anywhere. Addresses in answers
(Content-Base, controls in SDP) are only named back to the same server; a redirect is not followed.
"""

from __future__ import annotations

import re
import select
import time
from collections import deque
from contextlib import suppress
from urllib.parse import quote, unquote, urljoin, urlsplit

from streams.pipeline.errors import AddressRefused, SourceDown, StatusRefused
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.connection import Line, ReadPatience
from streams.pipeline.sources.diagnosis import why_status, why_unreachable
from streams.pipeline.sources.dialling import secured
from streams.pipeline.sources.gate import Gate
from streams.pipeline.sources.logins import CameraLogin
from streams.pipeline.sources.rtsp_messages import NotRtsp, Reply, RtspReader

PORTS = {"rtsp": 554, "rtsps": 322}
SESSION_S = 60.0
"""How long a server keeps a session that is silent, if it does not say so, or says 0."""
SOONEST_KEPT_S = 0.5
GOODBYE_S = 0.5
MOST_EARLY = 500
"""Frames kept that came before the answer to a question, at most 33 MB: a key frame of 4K."""
MOST_WORDS = 20
"""Messages that are read at a time while packets come another way."""


class RtspConnection:
    """Asks and answers on one connection, between whose replies the server sends frames."""

    def __init__(self, address: str, gate: Gate, patience: ReadPatience) -> None:
        """Raises SourceDown with the reason why there is no connection."""
        url = urlsplit(address)
        host = url.hostname or ""
        self.patience, self._number, self._session = patience, 0, ""
        self.is_encrypted = url.scheme == "rtsps"
        self._login = CameraLogin(unquote(url.username or ""), unquote(url.password or ""))
        place = f"[{host}]" if ":" in host else host
        self.url = _named(url._replace(scheme="rtsp", netloc=f"{place}:{url.port}" if url.port else place).geturl())
        try:
            connection = gate.dial(host, url.port or PORTS[url.scheme], patience.left_s())
            if self.is_encrypted:
                connection.settimeout(patience.left_s())
                connection = secured(connection, host)
        except (AddressRefused, OSError, ValueError) as error:
            raise SourceDown(why_unreachable(error, patience.limit_s)) from None
        self.socket, self._line = connection, Line(connection, patience)
        self._reader = RtspReader(self._line.makefile("rb"))
        self._early: deque[tuple[int, bytes]] = deque(maxlen=MOST_EARLY)
        self._kept_at_s, self._keep_every_s = time.monotonic(), SESSION_S / 2
        self._keeper, self._may_repeat = "OPTIONS", False

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
        self._login.taken()
        if reply.status >= 300:
            raise StatusRefused(why_status(reply.status), reply.status)
        self._note_session(reply)
        return reply

    def frame(self) -> tuple[int, bytes]:
        """Returns the next channel and its packet. Raises SourceDown if the server falls silent or breaks off."""
        try:
            while True:
                self._keep_alive()
                if self._early:
                    return self._early.popleft()
                if (frame := self._reader.frame()) is not None:
                    return frame
                self._heard(self._reader.message())
        except (OSError, EOFError, NotRtsp) as error:
            raise self._broken(error) from None

    def attend(self) -> None:
        """Keeps the session while packets come another way, and passes over what the server says here.

        Raises SourceDown if the server breaks off.
        """
        try:
            self._keep_alive()
            for _ in range(MOST_WORDS):
                if not select.select([self.socket], [], [], 0)[0]:
                    return
                if self._reader.frame() is None:
                    self._heard(self._reader.message())
        except (OSError, EOFError, NotRtsp) as error:
            raise self._broken(error) from None

    def say_goodbye(self) -> None:
        """Ends the session, and waits for no answer: a server that sends over UDP would go on for a minute."""
        with suppress(OSError):
            self.patience.allow(GOODBYE_S)
            self._send("TEARDOWN", self.url, {})

    def close(self) -> None:
        self._line.close()

    def _broken(self, error: Exception) -> SourceDown:
        if isinstance(error, TimeoutError):
            return SourceDown(Reason.STREAM_STOPPED.said(silent_s=self.patience.limit_s))
        return SourceDown((Reason.OTHER_LANGUAGE if isinstance(error, NotRtsp) else Reason.BROKE_OFF).said())

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
            if (frame := self._reader.frame()) is not None:
                self._early.append(frame)
            elif (reply := self._reader.message()) and reply.header("cseq") in {str(self._number), ""}:
                return reply

    def _note_session(self, reply: Reply) -> None:
        session, _, rest = reply.header("session").partition(";")
        if session:
            self._session = re.sub(r"[^\x21-\x7e]", "", session)
        if told := re.search(r"timeout\s*=\s*(\d{1,5})", rest):
            self._keep_every_s = max(SOONEST_KEPT_S, (int(told[1]) or SESSION_S) / 2)

    def _keep_alive(self) -> None:
        now = time.monotonic()
        if self._session and now - self._kept_at_s > self._keep_every_s:
            self._kept_at_s, self._may_repeat = now, True
            self._send(self._keeper, self.url, {})

    def _heard(self, reply: Reply | None) -> None:
        """Takes the answer to what keeps the session (None: a question of the server's), and asks again if it must.

        Once each time: with a fresher nonce, or by GET_PARAMETER where the server knows it, because for some cameras
        OPTIONS keeps nothing. A login that is refused here ends nothing: the video goes on for as long as it comes.
        """
        if reply is None:
            return
        if reply.status == 401:
            with suppress(SourceDown):
                self._login.challenged(reply.headers.get("www-authenticate", []))
                self._repeat()
            return
        self._login.taken()
        if self._keeper == "OPTIONS" and "GET_PARAMETER" in reply.header("public").upper():
            self._keeper = "GET_PARAMETER"
            self._repeat()

    def _repeat(self) -> None:
        if self._may_repeat:
            self._may_repeat = False
            self._send(self._keeper, self.url, {})


def resolved(control: str, base: str) -> str:
    """Returns the address that a `control` of SDP names: absolute, `*` for all, or behind the base."""
    if not control or control == "*":
        return _named(base)
    if "://" in control:
        return _named(control)
    return _named(f"{base}{'' if base.endswith('/') else '/'}{control}")


def base_of(reply: Reply, url: str) -> str:
    """Returns what the controls of SDP stand behind: as the server says, if that can be read, or what was asked."""
    try:
        return urljoin(url, reply.header("content-base") or reply.header("content-location") or url)
    except ValueError:
        return url


def _named(address: str) -> str:
    """Returns an address that fits into one line of a request, whatever a server or a person wrote."""
    return quote(re.sub(r"[\x00-\x20\x7f]", "", address), safe="/%:=&?~#+!$,;'@()*[]{}|")
