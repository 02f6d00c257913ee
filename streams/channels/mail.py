"""The channel kind e-mail: a message to some addresses, by the site's own mail server (EMAIL_URL)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPException, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend

from streams.channels.message import Message, Receiver
from streams.channels.reasons import ChannelReason
from streams.errors import NotDelivered, NotToAll
from streams.pipeline.sources.diagnosis import why_unreachable


def deliver(message: Message, to: Receiver) -> None:
    """Sends `message` to all recipients at once. Raises NotDelivered, or NotToAll if some of them were refused."""
    refused: list[str] = []
    try:
        with _hearing_of(refused) as backend:
            backend.send_messages([mail_of(message, to.address["recipients"])])
    except SMTPResponseException as error:
        raise NotDelivered(ChannelReason.MAIL_REFUSED.said(status=error.smtp_code)) from None
    except SMTPException:
        raise NotDelivered(ChannelReason.MAIL_FAILED.said()) from None
    except OSError as error:
        why = why_unreachable(error, getattr(settings, "EMAIL_TIMEOUT", None) or 0)
        raise NotDelivered(ChannelReason.MAIL_SERVER.said(why=why)) from None
    if refused:
        raise NotToAll(ChannelReason.MAIL_NOT_TO_ALL.said(who=", ".join(refused)))


@contextmanager
def _hearing_of(refused: list[str]) -> Iterator[Any]:
    """Yields the site's mail backend; `refused` gets the recipients whom a server refuses while it takes others.

    smtplib returns them, and Django passes over that.
    """
    backend: Any = get_connection()
    try:
        if isinstance(backend, EmailBackend):
            backend.open()
            connection: Any = backend.connection
            send = connection.sendmail
            connection.sendmail = lambda *said, **options: refused.extend(send(*said, **options))
        yield backend
    finally:
        backend.close()


def mail_of(message: Message, recipients: list[str]) -> EmailMessage:
    """Returns the mail. Its Message-ID is the delivery's: mail programs show one that comes twice once."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or "facesite"
    text = "\n\n".join(filter(None, [message.text, message.link]))
    subject = " ".join(message.title.split())
    return EmailMessage(subject, text, to=recipients, headers={"Message-ID": f"<{message.id}@{domain}>"})
