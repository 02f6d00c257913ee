"""Finds out why a network source did not open; FFmpeg says only that it did not."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import SplitResult, urlsplit

from streams.pipeline.errors import AddressRefused
from streams.pipeline.reasons import Reason, Sentence
from streams.pipeline.sources.dialling import secured
from streams.pipeline.sources.gate import PORTS, Dial

TIMEOUT_S = 3.0
_STATUS = {
    301: Reason.LEADS_NOWHERE,
    302: Reason.LEADS_NOWHERE,
    401: Reason.LOGIN,
    403: Reason.FORBIDDEN,
    404: Reason.NOTHING_THERE,
    454: Reason.NO_SESSION,
    503: Reason.TOO_BUSY,
}


def why_unreachable(address: str, dial: Dial, timeout_s: float = TIMEOUT_S) -> Sentence:
    """Asks the server once more over a plain socket that `dial` opens; returns the reason.

    It sends no login: a 401 says that the server wants one and that FFmpeg, which had what was given, did not get in.
    """
    url = urlsplit(address)
    try:
        with dial(url.hostname or "", url.port or PORTS[url.scheme]) as plain:
            plain.settimeout(timeout_s)
            with _tls(url, plain) as connection:
                connection.sendall(_question(url))
                answer = connection.recv(200)
    except AddressRefused as refused:
        return refused.said
    except socket.gaierror:
        return Reason.UNKNOWN_NAME.said()
    except ConnectionRefusedError:
        return Reason.NOTHING_LISTENS.said()
    except TimeoutError:
        return Reason.NO_ANSWER.said()
    except ssl.SSLError:
        return Reason.NO_ENCRYPTION.said()
    except OSError as error:
        return Reason.UNREACHABLE.said(why=error.strerror or type(error).__name__)
    return _read(answer)


def _tls(url: SplitResult, plain: socket.socket) -> socket.socket:
    return secured(plain, url.hostname or "") if url.scheme in {"https", "rtsps"} else plain


def _question(url: SplitResult) -> bytes:
    host = f"[{url.hostname}]" if ":" in (url.hostname or "") else url.hostname
    where = f"{host}:{url.port}" if url.port else f"{host}"
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    if url.scheme.startswith("rtsp"):
        text = f"DESCRIBE rtsp://{where}{path} RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n"
    else:
        text = f"GET {path} HTTP/1.0\r\nHost: {where}\r\n\r\n"
    return text.encode("utf-8", "surrogateescape")


def _read(answer: bytes) -> Sentence:
    if not answer:
        return Reason.HUNG_UP.said()
    words = answer.split(b"\r\n", 1)[0].split()
    if not words[0].startswith((b"HTTP/", b"RTSP/")) or len(words) < 2 or not words[1].isdigit():
        return Reason.OTHER_LANGUAGE.said()
    status = int(words[1])
    if status >= 300:
        return _STATUS.get(status, Reason.ANSWERED_ERROR).said(status=status)
    return Reason.NOT_VIDEO.said()
