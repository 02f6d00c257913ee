"""Which pages may open sockets, by the Origin that their browser tells."""

from __future__ import annotations

from typing import Any

import pytest

from facesite.web.origins import is_own


def asks(origin: str | None, *, host: str = "localhost:8000", scheme: str = "ws", **headers: str) -> bool:
    told = {"host": host, **({} if origin is None else {"origin": origin}), **headers}
    encoded = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in told.items()]
    return is_own({"type": "websocket", "path": "/ws/dashboard/", "scheme": scheme, "headers": encoded})


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://localhost",
        "http://localhost:9000",  # another program on this machine, to which browsers send our cookies too
        "https://localhost:8000",
        "http://localhost:8000.evil.example",
        "http://evil.localhost:8000",
        "http://user@localhost:8000",
        "http://[",
        "http://localhost:8000\xff",
    ],
)
def test_a_page_of_elsewhere_opens_no_socket(origin: str | None, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.example.org"]
    assert asks("http://localhost:8000")
    assert not asks(origin)


def test_a_page_of_a_host_that_is_not_ours_opens_none_even_when_it_asks_itself() -> None:
    assert not asks("http://evil.example", host="evil.example")


def test_a_socket_by_tls_is_for_pages_by_https() -> None:
    assert asks("https://localhost", host="localhost", scheme="wss")
    assert not asks("http://localhost", host="localhost", scheme="wss")
    assert not asks("https://localhost", host="localhost", x_forwarded_proto="https")  # see web/proxies.py


def test_trusted_origins_are_those_of_forms(settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://faces.example.com", "https://*.example.org"]
    assert asks("https://faces.example.com")
    assert asks("https://a.example.org")
    assert not asks("http://a.example.org")
    assert not asks("https://aexample.org")
