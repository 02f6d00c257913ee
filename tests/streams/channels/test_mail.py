"""The channel kind e-mail."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import mail

from streams.channels.mail import deliver
from streams.channels.message import Message, Receiver
from streams.errors import NotDelivered, NotToAll
from streams.pipeline.sources.networks import CameraNetworks
from tests.streams.channels.mail_servers import REFUSING_THE_SECOND, saying
from tests.streams.pipeline.servers import serving

MESSAGE = Message(
    "0f1e", "alert", datetime.now(UTC), "Alarm: Ada\nat Hall", "At 12:03:00 CET.", {}, "https://f.example/a"
)
TO = Receiver({"recipients": ["guard@example.org", "desk@example.org"]}, {}, CameraNetworks())


def test_the_recipients_get_the_title_the_text_and_the_link(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Faces <faces@example.org>"
    deliver(MESSAGE, TO)
    [sent] = mail.outbox
    assert sent.to == ["guard@example.org", "desk@example.org"] and sent.subject == "Alarm: Ada at Hall"
    assert sent.body == "At 12:03:00 CET.\n\nhttps://f.example/a"
    assert sent.message()["Message-ID"] == "<0f1e@example.org>"  # the same at each attempt


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("220 here", "250 hello", "550 no such sender", "250 fine"), "error 550"),
        (("220 here", "250 hello", "250 fine", "550 nobody here", "550 nobody here", "250 fine"), "did not take it"),
        (("554 not today",), "error 554"),
        ((), "did not take it"),
    ],
)
def test_what_the_mail_server_refuses_is_told(lines: tuple[str, ...], reason: str, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "django.core.mail.backends.smtp.EmailBackend", 2
    with serving(saying(*lines)) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        with pytest.raises(NotDelivered, match=reason):
            deliver(MESSAGE, TO)


def test_who_is_refused_while_others_are_taken_is_told(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "django.core.mail.backends.smtp.EmailBackend", 2
    with serving(saying(*REFUSING_THE_SECOND)) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        with pytest.raises(NotToAll, match=r"took it for others, and refused desk@example\.org\."):
            deliver(MESSAGE, TO)


def test_a_mail_server_that_is_away_is_told(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "django.core.mail.backends.smtp.EmailBackend", 2
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed.getsockname()[1]
    with pytest.raises(NotDelivered, match="mail server cannot be reached: The host refuses"):
        deliver(MESSAGE, TO)
