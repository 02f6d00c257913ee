"""Which addresses open without a login: these, and no others; and which of django-allauth's pages exist at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

OPEN = {
    "livez",
    "readyz",
    "metrics",
    "privacy/",
    "login/",
    "logout/",
    "account/inactive/",
    "account/password/reset/",
    "account/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
    "account/password/reset/sent/",
    "account/second-factor/authenticate/",
    "account/single-sign-on/",
    "account/single-sign-on/back/",
    "account/single-sign-on/cancelled/",
    "admin/login/",
    "cases/keys/",
    "enrol/<str:secret>/",
    "enrol/<str:secret>/agree/",
    "enrol/<str:secret>/frame/",
    "enrol/<str:secret>/pictures/",
    "enrol/<str:secret>/withdraw/",
    "kiosk/<str:secret>/",
}
"""Beside the API, whose views check the caller themselves, and links that name their user."""
OF_THE_LOGIN = {
    "login/",
    "logout/",
    "account/",
    "account/confirm/",
    "account/devices/",
    "account/inactive/",
    "account/password/",
    "account/password/reset/",
    "account/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
    "account/password/reset/sent/",
    "account/second-factor/",
    "account/second-factor/authenticate/",
    "account/second-factor/reauthenticate/",
    "account/second-factor/recovery-codes/",
    "account/second-factor/recovery-codes/download/",
    "account/second-factor/recovery-codes/generate/",
    "account/second-factor/totp/activate/",
    "account/second-factor/totp/deactivate/",
    "account/second-factor/webauthn/",
    "account/second-factor/webauthn/add/",
    "account/second-factor/webauthn/keys/<int:pk>/edit/",
    "account/second-factor/webauthn/keys/<int:pk>/remove/",
    "account/second-factor/webauthn/reauthenticate/",
    "account/single-sign-on/",
    "account/single-sign-on/back/",
    "account/single-sign-on/cancelled/",
    "account/single-sign-on/end/",
}


def addresses(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for each in patterns:
        address = before + str(each.pattern).removeprefix("^")
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, address)
        elif isinstance(each, URLPattern):
            yield address, each.callback


ALL = dict(addresses(get_resolver().url_patterns))


def test_only_these_pages_open_without_a_login() -> None:
    is_open = {address for address, view in ALL.items() if not getattr(view, "login_required", True)}
    own = {address for address in is_open if not address.startswith("api/") and "<str:token>" not in address}
    assert own == OPEN


def test_only_these_pages_of_the_login_exist() -> None:
    assert {address for address in ALL if address.startswith(("account/", "login/", "logout/"))} == OF_THE_LOGIN


@pytest.mark.parametrize(
    "address", ["signup/", "account/signup/", "account/email/", "accounts/login/", "account/3rdparty/"]
)
def test_nobody_signs_up(address: str, db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_user("ann"))
    assert client.get(f"/{address}").status_code == 404


@pytest.mark.parametrize(
    "address",
    sorted(address for address in OF_THE_LOGIN - OPEN if "<" not in address),
    ids=lambda each: each.strip("/"),
)
def test_a_stranger_is_led_to_the_login(address: str, db: None) -> None:
    answer = Client().get(f"/{address}")
    assert answer.status_code == 302 and answer["Location"].startswith("/login/?next=")
