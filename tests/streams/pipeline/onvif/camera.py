"""A small ONVIF camera of our own: WS-Discovery over UDP and SOAP over HTTP, on a loopback address of its own.

It answers as real firmware does (Media and Media2, WS-UsernameToken, HTTP Digest), and as hostile firmware might.
"""

from __future__ import annotations

import hashlib
import random
import re
import socket
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 3702
S = "http://www.w3.org/2003/05/soap-envelope"
SHA1: Callable[[bytes], bytes] = lambda data: hashlib.sha1(data, usedforsecurity=False).digest()  # noqa: E731


@dataclass
class OnvifCamera:
    """What it is and does. `heard` are the names of the questions it was asked, in their order."""

    host: str
    login: tuple[str, str] | None = None
    by_http: bool = False
    """Whether it wants HTTP Digest instead of WS-UsernameToken."""
    ahead: timedelta = timedelta()
    """How far its clock is ahead; it refuses logins of another time than its own by 5 s."""
    second_media: bool = False
    old: bool = False
    """Without GetServices, as before 2011."""
    silent: bool = False
    """Whether it answers nothing over UDP."""
    services: str | None = None
    """What it names as its XAddrs, instead of its own."""
    stream: str = "rtsp://{host}:554/{token}"
    snapshot: str = "http://{host}/{token}.jpg"
    answer: Callable[[str, str], bytes] | None = None
    """Makes another answer of (question, usual answer)."""
    basic: bool = False
    """Whether it wants the password in clear."""
    redirect: str = ""
    """Where it sends whoever asks."""
    port: int = 0
    heard: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    """Authorization headers that came."""

    @property
    def address(self) -> str:
        return f"http://{self.host}:{self.port}/onvif/device_service"


PROFILES = [("main", "Main stream", "H264", 1920, 1080), ("sub", "Sub stream", "H264", 640, 360)]


def a_host() -> str:
    """A loopback address that no other test has by chance."""
    return f"127.{random.randint(1, 254)}.{random.randint(1, 254)}.{random.randint(2, 254)}"


@contextmanager
def onvif_camera(**traits: object) -> Iterator[OnvifCamera]:
    camera = OnvifCamera(**{"host": a_host(), **traits})  # type: ignore[arg-type]
    server = ThreadingHTTPServer((camera.host, 0), _handler(camera))
    server.daemon_threads = True
    camera.port = server.server_address[1]
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.bind((camera.host, PORT))
    line.settimeout(0.1)
    over = threading.Event()
    threads = [
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}),
        threading.Thread(target=_listen, args=(camera, line, over)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield camera
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        for thread in threads:
            thread.join()
        line.close()


def _listen(camera: OnvifCamera, line: socket.socket, over: threading.Event) -> None:
    while not over.is_set():
        with suppress(TimeoutError):
            data, peer = line.recvfrom(65_535)
            if not camera.silent and b"Probe" in data:
                line.sendto(probe_match(data.decode(), camera.services or camera.address), peer)


def probe_match(question: str, services: str, name: str = "Front%20door") -> bytes:
    asked = re.search(r"MessageID>([^<]*)<", question)
    relates = asked[1] if asked else ""
    scopes = (
        f"onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/{name} onvif://www.onvif.org/hardware/X1"
    )
    return (
        f'<?xml version="1.0"?><e:Envelope xmlns:e="{S}" xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header>'
        f"<w:RelatesTo>{relates}</w:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch>"
        f"<d:Scopes>{scopes}</d:Scopes><d:XAddrs>{services}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></e:Body>"
        "</e:Envelope>"
    ).encode()


def _handler(camera: OnvifCamera) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found = re.search(r"Body><(\w+)", body)
            question = found[1] if found else ""
            camera.heard.append(question)
            camera.bodies.append(f"{self.path}\n{body}")
            camera.sent.extend(self.headers.get_all("Authorization") or [])
            status, headers, answer = _answer(camera, question, body, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            with suppress(OSError):  # whoever asked may have heard enough
                self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    return Handler


def _answer(camera: OnvifCamera, question: str, body: str, header: str) -> tuple[int, dict[str, str], bytes]:
    if camera.redirect:
        return 307, {"Location": camera.redirect}, b""
    if camera.basic:
        return 401, {"WWW-Authenticate": 'Basic realm="camera"'}, b""
    if camera.login and question not in ("GetSystemDateAndTime", "GetServices", "GetCapabilities"):
        if camera.by_http and not header.startswith("Digest "):
            return 401, {"WWW-Authenticate": 'Digest realm="camera", nonce="abc", qop="auth"'}, b""
        if not (camera.by_http and _digest_is_right(camera, header)) and not _token_is_right(camera, body):
            return 400, {}, _fault("ter:NotAuthorized")
    usual = _usual(camera, question, body)
    if camera.answer:
        return 200, {}, camera.answer(question, usual)
    return (400 if "Fault>" in usual else 200), {"Content-Type": "application/soap+xml"}, usual.encode()


def _token_is_right(camera: OnvifCamera, body: str) -> bool:
    parts = [
        re.search(rf"<(?:\w+:)?{name}(?: [^>]*)?>([^<]*)<", body)
        for name in ("Username", "Password", "Nonce", "Created")
    ]
    if camera.login is None or not all(parts):
        return False
    username, digest, nonce, created = (unescape(part[1]) for part in parts if part)
    at = datetime.strptime(created, "%Y-%m-%dT%H:%M:%S.%f%z")
    right = b64encode(SHA1(b64decode(nonce) + created.encode() + camera.login[1].encode())).decode()
    in_time = abs(datetime.now(UTC) + camera.ahead - at) < timedelta(seconds=5)
    return (username, digest, in_time) == (camera.login[0], right, True)


def _digest_is_right(camera: OnvifCamera, header: str) -> bool:
    assert camera.login is not None
    given = dict(re.findall(r'(\w+)="?([^",]*)"?', header))

    def hashed(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    secret, request = hashed(f"{camera.login[0]}:camera:{camera.login[1]}"), hashed(f"POST:{given['uri']}")
    return given["response"] == hashed(f"{secret}:abc:{given['nc']}:{given['cnonce']}:auth:{request}")


def _usual(camera: OnvifCamera, question: str, body: str) -> str:
    now = datetime.now(UTC) + camera.ahead
    media = "ver20/media" if camera.second_media else "ver10/media"
    token = found[1] if (found := re.search(r"ProfileToken>([^<]*)<", body)) else ""
    place = {"host": camera.host, "port": camera.port, "token": token}
    service = f"http://{camera.host}:{camera.port}/onvif/media"
    if question == "GetServices" and camera.old:
        return _fault("ter:ActionNotSupported").decode()
    answers = {
        "GetSystemDateAndTime": f"<UTCDateTime><Time><Hour>{now.hour}</Hour><Minute>{now.minute}</Minute><Second>"
        f"{now.second}</Second></Time><Date><Year>{now.year}</Year><Month>{now.month}</Month><Day>{now.day}</Day></Date>"
        "</UTCDateTime>",
        "GetServices": f"<Service><Namespace>http://www.onvif.org/{media}/wsdl</Namespace><XAddr>{service}</XAddr></Service>",
        "GetCapabilities": f"<Capabilities><Media><XAddr>{service}</XAddr></Media></Capabilities>",
        "GetProfiles": "".join(_profile(camera, *each) for each in PROFILES),
        "GetStreamUri": f"<Uri>{escape(camera.stream.format(**place))}</Uri>",
        "GetSnapshotUri": f"<MediaUri><Uri>{escape(camera.snapshot.format(**place))}</Uri></MediaUri>",
    }
    said = answers.get(question)
    return (
        _fault("ter:ActionNotSupported").decode()
        if said is None
        else envelope(f"<{question}Response>{said}</{question}Response>")
    )


def _profile(camera: OnvifCamera, token: str, name: str, codec: str, width: int, height: int) -> str:
    encoder = f"<Encoding>{codec}</Encoding><Resolution><Width>{width}</Width><Height>{height}</Height></Resolution>"
    inner = (
        f"<Configurations><VideoEncoder>{encoder}</VideoEncoder></Configurations>"
        if camera.second_media
        else f"<VideoEncoderConfiguration><Name>encoder</Name>{encoder}</VideoEncoderConfiguration>"
    )
    return f'<Profiles token="{token}"><Name>{name}</Name>{inner}</Profiles>'


def envelope(body: str) -> str:
    return f'<?xml version="1.0"?><s:Envelope xmlns:s="{S}"><s:Body>{body}</s:Body></s:Envelope>'


def _fault(code: str) -> bytes:
    return envelope(
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{code}</s:Value></s:Subcode></s:Code></s:Fault>"
    ).encode()
