"""Log lines carry who and what, and never a credential."""

from __future__ import annotations

import json
import logging
import sys
from contextvars import copy_context
from typing import Any

import pytest
from django.test import Client

from facesite.monitoring import logging as lines
from facesite.monitoring.logging import JsonFormatter, LineFormatter, bind, identify, redacted


def record(message: str, *values: Any, **fields: Any) -> logging.LogRecord:
    made = logging.LogRecord("streams.running", logging.WARNING, __file__, 1, message, values, None)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("rtsp://admin:hunter2@10.0.0.9:554/live", "rtsp://***@10.0.0.9:554/live"),
        ("cannot open http://a:b@c@host/x now", "cannot open http://***@host/x now"),
        ("redis://:hunter2@redis:6379/0", "redis://***@redis:6379/0"),
        ("GET /snap?user=x&password=hunter2&size=1", "GET /snap?user=x&password=***&size=1"),
        ("Authorization: Bearer abcdefgh12345", "Authorization: Bearer ***"),
        ("https://host/path?at=a@b", "https://host/path?at=a@b"),
        ("mail ada@example.org about http://host", "mail ada@example.org about http://host"),
    ],
)
def test_credentials_are_taken_out_and_nothing_else(said: str, shown: str) -> None:
    assert redacted(said) == shown


@pytest.mark.parametrize("control", ["\n", "\r", "\r\n", "\0", "\x1b[2J", "\x85", "\u2028", "\x7f"])
def test_nobody_begins_a_line_of_their_own(control: str) -> None:
    forged = f"GET /x{control}2026-11-29 12:00:00 INFO people: photo deleted"
    for made in (record(forged), record("%s", forged)):
        text = LineFormatter("{message}", style="{").format(made)
        assert text.isprintable() and "photo deleted" in text
    bind(request_id=forged)
    assert LineFormatter("{message}", style="{").format(record("fine")).isprintable()
    machine = JsonFormatter().format(record(forged))
    assert len(machine.splitlines()) == 1 and json.loads(machine)["message"] == forged


def test_arguments_and_tracebacks_are_redacted_too() -> None:
    try:
        raise OSError("rtsp://admin:hunter2@host failed")
    except OSError:
        made = record("opening %s", "rtsp://admin:hunter2@host")
        made.exc_info = sys.exc_info()
    for formatter in (JsonFormatter(), LineFormatter("{message}", style="{")):
        text = formatter.format(made)
        assert "hunter2" not in text
        assert "OSError" in text and "rtsp://***@host" in text


def test_a_json_line_says_camera_worker_and_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "_PROCESS", {})

    def say() -> dict[str, Any]:
        identify(worker="pod:7")
        bind(request_id="abc")
        return dict(json.loads(JsonFormatter().format(record("camera %s fell", "hall", camera="hall"))))

    said = copy_context().run(say)
    assert said["message"] == "camera hall fell"
    assert (said["severity"], said["logger"]) == ("WARNING", "streams.running")
    assert (said["camera"], said["worker"], said["request_id"]) == ("hall", "pod:7", "abc")
    assert said["time"].endswith("+00:00")


def test_a_message_of_several_lines_is_one_json_line() -> None:
    assert "\n" not in JsonFormatter().format(record("first\nsecond"))


def test_a_request_keeps_the_id_that_a_proxy_gave(client: Client) -> None:
    assert client.get("/livez", headers={"X-Request-ID": "proxy-0123"})["X-Request-ID"] == "proxy-0123"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "line\tbreak", "ünïcode-id"])
def test_any_other_request_id_is_replaced(client: Client, given: str) -> None:
    made = client.get("/livez", headers={"X-Request-ID": given})["X-Request-ID"]
    assert made != given and len(made) == 32
