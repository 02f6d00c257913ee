"""Servers that behave badly, made of bare sockets."""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import cv2
import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Behave = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(behave: Behave) -> Iterator[int]:
    """A server on a free port that lets `behave` answer each connection; gives the port."""
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)

        def accept() -> None:
            while not stopped.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = listener.accept()
                    threading.Thread(target=_answer, args=(behave, connection), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stopped.set()
            thread.join()


def _answer(behave: Behave, connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        behave(connection)


def encrypted(behave: Behave, address: str = "") -> Behave:
    """The same over TLS, with a certificate that the server signed itself, as cameras do; for `address`, if given."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "camera")]),
    )
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    if address:
        name_of_it = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        builder = builder.add_extension(name_of_it, critical=False)
    signed = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(signed + secret)
        file.flush()
        context.load_cert_chain(file.name)

    def answer(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            behave(secured)

    return answer


def black_hole(connection: socket.socket) -> None:
    """Accepts, listens and never answers."""
    connection.settimeout(20)
    while connection.recv(4096):
        pass


def answering(text: str) -> Behave:
    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(text.encode())

    return answer


def hang_up(connection: socket.socket) -> None:
    connection.recv(4096)


def mjpeg(pictures: int, then: Callable[[], None] = lambda: None) -> Behave:
    """So many pictures, 20 a second, and then whatever comes."""

    def answer(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=cut\r\n\r\n")
        for number in range(pictures):
            data = cv2.imencode(".jpg", np.full((120, 160, 3), number % 250, np.uint8))[1].tobytes()
            head = f"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
            connection.sendall(head.encode() + data + b"\r\n")
            time.sleep(0.05)
        then()

    return answer


def hang() -> None:
    time.sleep(10)
