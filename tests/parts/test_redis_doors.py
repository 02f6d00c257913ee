"""Redis asks for a password, and its connection can be encrypted: cache and channel layer over a real Valkey."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from channels.layers import get_channel_layer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.core.cache import caches
from redis.exceptions import AuthenticationError
from redis.exceptions import ConnectionError as RedisConnectionError

from facesite.connections import redis_caches, redis_layers
from facesite.lab.servers import LocalServer
from tests.parts.conftest import REDIS_PASSWORD

pytestmark = pytest.mark.integration
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A certificate authority and a server that it signed for, as files."""

    ca: Path
    server: Path


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_in(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def other_authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority_in(tmp_path_factory.mktemp("other"))


def authority_in(folder: Path) -> Authority:
    """Signs for another name than the one by which the server is reached, as Memorystore does."""
    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"authority {folder.name}")])
    ca = _certificate(ca_name, ca_key, ca_name, ca_key, x509.BasicConstraints(ca=True, path_length=0))
    server_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "10.0.0.9")])
    named = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("10.0.0.9"))])
    server = _certificate(server_name, server_key, ca_name, ca_key, named)
    (folder / "ca.pem").write_bytes(ca)
    key = server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(key + server)
    return Authority(folder / "ca.pem", folder / "server.pem")


def _certificate(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    issuers_key: ec.EllipticCurvePrivateKey,
    extension: x509.ExtensionType,
) -> bytes:
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - DAY).not_valid_after(now + DAY)
    builder = builder.add_extension(extension, critical=False)
    return builder.sign(issuers_key, hashes.SHA256()).public_bytes(Encoding.PEM)


@asynccontextmanager
async def tls_before(port: int, certificate: Path) -> AsyncIterator[int]:
    """Ends TLS before the Valkey, whose wheel is built without; yields the port to connect to."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
        connections.append(asyncio.gather(pour(reader, inner_writer), pour(inner_reader, writer)))

    async def pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                sink.write(data)
                await sink.drain()
        finally:
            sink.close()
            await sink.wait_closed()

    connections: list[asyncio.Future[list[None]]] = []
    async with await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.wait_for(asyncio.gather(*connections, return_exceptions=True), 5)


def address(port: int, ca: Path) -> str:
    """As the handbook writes it for Memorystore."""
    how = f"ssl_ca_certs={ca}&ssl_check_hostname=false"
    return f"rediss://:{REDIS_PASSWORD}@127.0.0.1:{port}/0?{how}"


async def through_both(url: str, settings: Any) -> tuple[Any, Any]:
    """Sends a message and keeps a value, and returns what came back."""
    settings.CHANNEL_LAYERS, settings.CACHES = redis_layers(url), redis_caches(url)
    layer = get_channel_layer()
    try:
        channel = await layer.new_channel()
        await layer.send(channel, {"type": "told", "n": 7})
        message = await asyncio.wait_for(layer.receive(channel), 5)
        cache = caches["default"]
        await asyncio.to_thread(cache.set, "door", b"open", 5)
        return message, await asyncio.to_thread(cache.get, "door")
    finally:
        await layer.close_pools()
        for pool in caches["default"]._cache._pools.values():  # Django leaves its connections to the interpreter's end
            pool.disconnect()


async def test_without_the_password_nothing_is_read_or_written(valkey_server: LocalServer, settings: Any) -> None:
    for login in ("", ":wrong@"):
        with pytest.raises(AuthenticationError):
            await through_both(f"redis://{login}127.0.0.1:{valkey_server.port}/0", settings)


async def test_layer_and_cache_speak_tls(valkey_server: LocalServer, authority: Authority, settings: Any) -> None:
    async with tls_before(valkey_server.port, authority.server) as port:
        message, value = await through_both(address(port, authority.ca), settings)
    assert message["n"] == 7
    assert value == b"open"


async def test_a_server_that_another_authority_signed_for_is_not_believed(
    valkey_server: LocalServer, authority: Authority, other_authority: Authority, settings: Any
) -> None:
    async with tls_before(valkey_server.port, authority.server) as port:
        with pytest.raises(RedisConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            await through_both(address(port, other_authority.ca), settings)
