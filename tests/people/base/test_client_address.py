"""Whose address counts: X-Forwarded-For is believed as far as trusted proxies wrote it, and no further."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from people.base.client_address import client_address

CLIENT, EVIL, PROXY, BALANCER = "198.51.100.7", "1.2.3.4", "10.0.0.5", "203.0.113.10"


def seen(sent_by: str, forwarded: str | None = None) -> str:
    more = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=sent_by, **more))


@pytest.fixture(autouse=True)
def behind_two(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24", BALANCER, "2001:db8::/64"]
    settings.PROXIES_IN_A_ROW = 20


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.1.0.1", CLIENT])
def test_whoever_is_no_named_proxy_is_not_believed(peer: str) -> None:
    assert seen(peer, EVIL) == peer


def test_without_any_named_proxy_the_header_is_ignored(settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    for peer in ("127.0.0.1", PROXY):
        assert seen(peer, EVIL) == peer


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (CLIENT, CLIENT),
        (f"{EVIL}, {CLIENT}", CLIENT),
        (f"{EVIL},{CLIENT},{BALANCER}", CLIENT),
        (f"{BALANCER}, {EVIL}, {CLIENT},{BALANCER} ,10.0.0.9", CLIENT),
        (f"{CLIENT}:4711", CLIENT),
        ("[2001:db9::7]:4711", "2001:db9::7"),
        ("2001:DB9:0::7", "2001:db9::7"),
        (f"::ffff:{CLIENT}", CLIENT),
        (f"{EVIL},2001:db8::1", EVIL),
    ],
)
def test_the_last_address_that_is_no_proxys_is_the_clients(forwarded: str, address: str) -> None:
    assert seen(PROXY, forwarded) == address
    assert seen(f"::ffff:{PROXY}", forwarded) == address


GARBAGE = {
    "empty": "",
    "comma": ",",
    "unknown": "unknown",
    "hidden": "_hidden",
    "too high": "999.1.1.1",
    "too short": "1.2.3",
    "open": "[",
    "bare": "[]",
    "colons": "::::",
    "zone": "fe80::1%eth0",
    "NUL": "\x00",
    "long": "\xff" * 300,
    "many": "," * 999,
}


@pytest.mark.parametrize("forwarded", GARBAGE.values(), ids=list(GARBAGE))
def test_garbage_counts_as_the_proxy_that_passed_it_on(forwarded: str) -> None:
    assert seen(PROXY, forwarded) == PROXY
    assert seen(PROXY, f"{EVIL},{forwarded}") == PROXY


def test_if_all_are_proxies_the_first_is_the_client() -> None:
    assert seen(PROXY, "10.0.0.7,10.0.0.8") == "10.0.0.7"


def test_no_more_than_twenty_are_read() -> None:
    assert seen(PROXY, EVIL + ",10.0.0.7" * 30) == "10.0.0.7"


def test_a_socket_without_an_address_has_none() -> None:
    assert seen("", EVIL) == ""


@pytest.mark.parametrize(("number", "address"), [(0, "10.9.9.9"), (1, BALANCER), (2, CLIENT), (3, EVIL), (9, EVIL)])
def test_a_number_of_proxies_counts_from_the_end_as_in_0_1(number: int, address: str, settings: Any) -> None:
    settings.TRUSTED_PROXIES, settings.PROXIES_IN_A_ROW = ["0.0.0.0/0", "::/0"], number
    assert seen("10.9.9.9", f"{EVIL}, {CLIENT}, {BALANCER}") == address
