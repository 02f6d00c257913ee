"""What the system check says of settings that would fail later."""

from typing import Any

import pytest
from django.core.checks import run_checks

from facesite import checks, env

REDIS = "channels_redis.core.RedisChannelLayer"


def ids(check: Any) -> list[str]:
    return [message.id for message in check(None)]


def test_the_site_has_no_complaint() -> None:
    assert run_checks() == []


@pytest.mark.parametrize(
    "hosts",
    [
        ["redis://localhost"],
        [("localhost", 6379)],
        [{"address": "redis://localhost"}],
        [{"address": "redis://localhost", "socket_timeout": None}, {"address": "redis://other", "socket_timeout": 5}],
    ],
)
def test_a_redis_host_with_a_socket_timeout_is_an_error(hosts: list[Any], settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": REDIS, "CONFIG": {"hosts": hosts}}}
    assert ids(checks.channel_layer_waits) == ["facesite.E001"]


def test_a_redis_layer_without_hosts_is_an_error(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": REDIS}}
    assert ids(checks.channel_layer_waits) == ["facesite.E001"]


def test_a_redis_host_that_waits_is_fine(settings: Any) -> None:
    hosts = [{"address": "redis://localhost", "socket_timeout": None}]
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": REDIS, "CONFIG": {"hosts": hosts}}}
    assert ids(checks.channel_layer_waits) == []


def test_the_driver_is_psycopg2() -> None:
    assert ids(checks.driver_is_psycopg2) == []


def test_psycopg_3_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "is_psycopg3", True)
    assert ids(checks.driver_is_psycopg2) == ["facesite.E002"]


def test_memory_is_no_way_between_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env, "EMBEDDED", False)
    assert ids(checks.processes_can_talk) == ["facesite.E003", "facesite.E003"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", []),
        ("redis://redis:6379/0", ["facesite.W001"]),
        ("redis://somebody@redis:6379/0", ["facesite.W001"]),
        ("redis://:secret@redis:6379/0", []),
        ("rediss://:secret@redis:6378/0?ssl_ca_certs=/etc/ca", []),
    ],
)
def test_a_redis_without_password_is_warned_of(url: str, said: list[str], settings: Any) -> None:
    settings.REDIS_URL = url
    assert ids(checks.redis_asks_for_a_password) == said


@pytest.mark.parametrize("key", ["short", "django-insecure-" + "abcdefgh" * 8, "a" * 60])
def test_a_secret_key_that_can_be_guessed_is_an_error(key: str, settings: Any) -> None:
    settings.SECRET_KEY = key
    assert ids(checks.secret_key_is_secret) == ["facesite.E004"]


def test_our_runworker_must_win(settings: Any) -> None:
    settings.INSTALLED_APPS = ["channels", "facesite"]
    assert ids(checks.runworker_is_ours) == ["facesite.E005"]


@pytest.mark.parametrize("name", ["CAMERA_NETWORKS", "CHANNEL_NETWORKS"])
@pytest.mark.parametrize(("networks", "complaints"), [(["10.0.0.0/8", " fd00::/8"], []), (["hall"], ["facesite.E006"])])
def test_networks_have_to_be_networks(name: str, networks: list[str], complaints: list[str], settings: Any) -> None:
    setattr(settings, name, networks)
    assert ids(checks.networks_are_networks) == complaints


@pytest.mark.parametrize("key", ["short", "a" * 40])
def test_a_key_for_passwords_that_can_be_guessed_is_an_error(key: str, settings: Any) -> None:
    assert ids(checks.camera_keys_are_secret) == []
    settings.CAMERA_KEYS = ["8fK2mZq7Lx0vTn4cRb9wYh3sJd6gPe1u", key]
    assert ids(checks.camera_keys_are_secret) == ["facesite.E007"]


def test_proxies_without_a_name_are_warned_of(settings: Any) -> None:
    assert ids(checks.proxies_are_named) == []
    settings.TRUSTED_PROXIES = env.ANYBODY
    for in_a_row, told in ((0, "came by HTTPS."), (2, "invent the address")):
        settings.PROXIES_IN_A_ROW = in_a_row
        (warning,) = checks.proxies_are_named(None)
        assert (warning.id, told in warning.msg) == ("facesite.W002", True)
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert ids(checks.proxies_are_named) == []
