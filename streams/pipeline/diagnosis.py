"""Why a network source would not open, in words: FFmpeg says only that it did not."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import SplitResult, urlsplit

from streams.pipeline.dialling import secured
from streams.pipeline.gate import PORTS, Dial
from streams.pipeline.networks import Refused

TIMEOUT_S = 3.0
_STATUS = {
    301: "the server sends elsewhere (301), and where it leads gives no video",
    302: "the server sends elsewhere (302), and where it leads gives no video",
    401: "the server asks for a login, or refuses the one given (401)",
    403: "the server forbids access (403)",
    404: "the server has nothing under this path (404)",
    454: "the server has no such session (454)",
    503: "the server is too busy (503)",
}


def why_unreachable(address: str, dial: Dial, timeout_s: float = TIMEOUT_S) -> str:
    """One sentence, without credentials; asks the server once more by a plain socket that `dial` makes."""
    url = urlsplit(address)
    try:
        with dial(url.hostname or "", url.port or PORTS[url.scheme]) as plain:
            plain.settimeout(timeout_s)
            with _tls(url, plain) as connection:
                connection.sendall(_question(url))
                answer = connection.recv(200)
    except Refused as refused:
        return str(refused)
    except socket.gaierror:
        return "the host's name is not known"
    except ConnectionRefusedError:
        return "the host refuses the connection: nothing listens on this port"
    except TimeoutError:
        return "the server does not answer"
    except ssl.SSLError:
        return "no encrypted connection could be made"
    except OSError as error:
        return f"the host cannot be reached: {error.strerror or type(error).__name__}"
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


def _read(answer: bytes) -> str:
    if not answer:
        return "the server hung up without an answer"
    words = answer.split(b"\r\n", 1)[0].split()
    if not words[0].startswith((b"HTTP/", b"RTSP/")) or len(words) < 2 or not words[1].isdigit():
        return "the server speaks another language than its address says"
    status = int(words[1])
    if status >= 300:
        return _STATUS.get(status, f"the server answered with error {status}")
    return "the server answers, but not with video"
