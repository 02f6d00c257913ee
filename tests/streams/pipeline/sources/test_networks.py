"""Where an address may lead."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest

from streams.pipeline.sources.dialling import dial
from streams.pipeline.sources.networks import AddressRefused, CameraNetworks
from tests.streams.pipeline.servers import hang_up, serving

HERE = CameraNetworks.of(["127.0.0.0/8"])


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_public_addresses_are_permitted(address: str) -> None:
    assert CameraNetworks().permit(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "172.16.3.4",
        "192.168.0.1",
        "100.64.0.1",
        "fd00::1",
        "192.0.2.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "::ffff:0:7f00:1",
    ],
)
def test_private_addresses_are_permitted_only_by_name(address: str) -> None:
    assert not CameraNetworks().permit(ip_address(address))
    everywhere = CameraNetworks.of(["0.0.0.0/0", "::/0"])
    assert everywhere.permit(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "64:ff9b:1::a00:1",
        "::169.254.169.254",
        "::ffff:0:a9fe:a9fe",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "100.100.100.200",
        "::",
        "ff02::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_a_wide_network_does_not_open_what_answers_with_credentials(address: str) -> None:
    assert not CameraNetworks.of(["0.0.0.0/0", "::/0", "fc00::/7"]).permit(ip_address(address))


def test_link_local_is_opened_by_its_own_name() -> None:
    assert CameraNetworks.of(["169.254.7.0/24"]).permit(ip_address("169.254.7.1"))


def test_a_text_that_is_no_network_is_refused() -> None:
    with pytest.raises(ValueError, match="camera"):
        CameraNetworks.of(["camera.example"])


def test_a_connection_is_made_to_what_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes between the question and the connection is asked once."""
    answers = ["127.0.0.1", "127.0.0.2"]
    asked = []

    def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        if host == "camera.example":
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]
        return real(host, port, *args, **kwargs)

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with serving(hang_up) as port, dial("camera.example", port, CameraNetworks.of(["127.0.0.1/32"])) as connection:
        assert connection.getpeername() == ("127.0.0.1", port)
    assert asked == ["camera.example"]
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.2"):
        dial("camera.example", port, CameraNetworks.of(["127.0.0.1/32"]))


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001"])
def test_no_spelling_of_loopback_gets_past(host: str) -> None:
    with pytest.raises(AddressRefused, match="not allowed for cameras"):
        dial(host, 80, CameraNetworks())
