"""The channel kind e-mail: a message to some addresses, by the site's own mail server (EMAIL_URL)."""

from __future__ import annotations

from smtplib import SMTPException, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage

from streams.channels.message import Message, Receiver
from streams.channels.reasons import ChannelReason
from streams.errors import NotDelivered
from streams.pipeline.sources.diagnosis import why_unreachable


def deliver(message: Message, to: Receiver) -> None:
    """Sends `message` to all recipients at once. Raises NotDelivered."""
    try:
        mail_of(message, to.address["recipients"]).send()
    except SMTPResponseException as error:
        raise NotDelivered(ChannelReason.MAIL_REFUSED.said(status=error.smtp_code)) from None
    except SMTPException:
        raise NotDelivered(ChannelReason.MAIL_FAILED.said()) from None
    except OSError as error:
        why = why_unreachable(error, getattr(settings, "EMAIL_TIMEOUT", None) or 0)
        raise NotDelivered(ChannelReason.MAIL_SERVER.said(why=why)) from None


def mail_of(message: Message, recipients: list[str]) -> EmailMessage:
    """Returns the mail. Its Message-ID is the delivery's: mail programs show one that comes twice once."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("<> ") or "facesite"
    text = "\n\n".join(filter(None, [message.text, message.link]))
    subject = " ".join(message.title.split())
    return EmailMessage(subject, text, to=recipients, headers={"Message-ID": f"<{message.id}@{domain}>"})
