"""What a person enters for a channel, read by its kind: the parts that may be shown, and those that are sealed."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from streams.channels.apprise_services import service_of
from streams.channels.opening import channel_networks
from streams.channels.posting import webhook_url
from streams.channels.reaching import tls_context
from streams.channels.reasons import ChannelReason
from streams.channels.signing import new_signing_key
from streams.channels.webhook import place_of
from streams.errors import BadChannel
from streams.pipeline.sources.networks import literal
from streams.records.states import ChannelKind

FIELDS: dict[str, tuple[str, ...]] = {
    ChannelKind.WEBHOOK: ("url", "certificate"),
    ChannelKind.EMAIL: ("recipients",),
    ChannelKind.MQTT: (
        "host", "port", "encrypted", "username", "password", "base_topic", "discovery_prefix", "certificate",
    ),
    ChannelKind.APPRISE: ("url",),
}  # fmt: skip
"""What is entered for each kind."""
SECRET = ("url", "password")
"""Fields that are never shown; what is not entered stays as it is stored."""
MOST_RECIPIENTS = 20
PORT_ENCRYPTED, PORT_IN_CLEAR = 8883, 1883
_TOPIC = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_HOST = re.compile(r"[^\s/@?#]+")


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """A channel's address, which may be shown, and its secrets, which may not."""

    address: dict[str, Any]
    secret: dict[str, str] = field(repr=False)
    new_key: str = field(default="", repr=False)
    """The signing key that was made now: it is shown once."""


Entered = Mapping[str, Any]


def read_settings(kind: str, entered: Entered, before: ChannelSettings | None = None) -> ChannelSettings:
    """Returns what is to be stored. What is missing in `entered` stays as it is in `before`.

    Raises ValidationError by field.
    """
    foreign = sorted(entered.keys() - set(FIELDS[kind]))
    if foreign:
        known = ", ".join(FIELDS[kind])
        raise ValidationError(dict.fromkeys(foreign, f"Such a channel has: {known}."))
    try:
        return _READERS[ChannelKind(kind)](entered, before or ChannelSettings({}, {}))
    except BadChannel as bad:
        raise ValidationError({bad.field: bad.said}) from None


def _webhook(entered: Entered, before: ChannelSettings) -> ChannelSettings:
    url = str(entered.get("url") or before.secret.get("url", ""))
    parts = webhook_url(url)
    _check_host(parts.hostname or "", "url", in_clear=parts.scheme == "http")
    keys: dict[str, str] = {name: before.secret[name] for name in ("key", "old_key") if name in before.secret}
    new_key = "" if keys else new_signing_key()
    address = {"place": place_of(url), "certificate": _certificate(entered, before)}
    return ChannelSettings(address, {"url": url, **(keys or {"key": new_key})}, new_key)


def _email(entered: Entered, before: ChannelSettings) -> ChannelSettings:
    if not settings.EMAIL_URL:
        raise BadChannel(ChannelReason.NO_MAIL_SERVER.said(), "recipients")
    recipients = list(dict.fromkeys(entered.get("recipients", before.address.get("recipients", []))))
    if not 1 <= len(recipients) <= MOST_RECIPIENTS:
        raise BadChannel(ChannelReason.RECIPIENTS.said(most=MOST_RECIPIENTS), "recipients")
    for recipient in recipients:
        try:
            validate_email(recipient)
        except ValidationError:
            raise BadChannel(ChannelReason.NO_RECIPIENT.said(text=recipient[:100]), "recipients") from None
    return ChannelSettings({"recipients": recipients}, {})


def _mqtt(entered: Entered, before: ChannelSettings) -> ChannelSettings:
    def value(name: str, usual: Any) -> Any:
        return entered.get(name, before.address.get(name, usual))

    encrypted, host = bool(value("encrypted", True)), str(value("host", "")).strip()
    if not _HOST.fullmatch(host):
        raise BadChannel(ChannelReason.NO_BROKER.said(), "host")
    _check_host(host, "host", in_clear=not encrypted)
    address = {
        "host": host,
        "port": value("port", None) or (PORT_ENCRYPTED if encrypted else PORT_IN_CLEAR),
        "encrypted": encrypted,
        "username": str(value("username", "")),
        "base_topic": _topic(value("base_topic", "facesite") or "facesite", "base_topic"),
        "discovery_prefix": _topic(value("discovery_prefix", "homeassistant") or "homeassistant", "discovery_prefix"),
        "certificate": _certificate(entered, before),
    }
    return ChannelSettings(address, {"password": _password(entered, before, address)})


def _password(entered: Entered, before: ChannelSettings, address: Mapping[str, Any]) -> str:
    """Returns the password; the stored one stays with the server for which it was entered."""
    stored = before.secret.get("password", "")
    if "password" in entered:
        return str(entered["password"] or "")
    server = ("host", "port", "encrypted", "certificate")
    if stored and any(before.address.get(name) != address[name] for name in server):
        raise BadChannel(ChannelReason.PASSWORD_AGAIN.said(), "password")
    return stored


def _apprise(entered: Entered, before: ChannelSettings) -> ChannelSettings:
    url = str(entered.get("url") or before.secret.get("url", ""))
    return ChannelSettings({"service": service_of(url).name}, {"url": url})


def _check_host(host: str, name: str, *, in_clear: bool) -> None:
    """Refuses what no delivery would reach. A name is resolved each time something is sent, and checked then."""
    networks, address = channel_networks(), literal(host)
    if address and not networks.permit(address):
        raise BadChannel(ChannelReason.NETWORK.said(host=host), name)
    if address and in_clear and not networks.names(address):
        raise BadChannel(ChannelReason.IN_CLEAR.said(), name)


def _certificate(entered: Entered, before: ChannelSettings) -> str:
    text = str(entered.get("certificate", before.address.get("certificate", ""))).strip()
    try:
        tls_context(text)
    except (ssl.SSLError, ValueError):
        raise BadChannel(ChannelReason.BAD_CERTIFICATE.said(), "certificate") from None
    return text


def _topic(text: object, name: str) -> str:
    if not _TOPIC.fullmatch(str(text)):
        raise BadChannel(ChannelReason.BAD_TOPIC.said(), name)
    return str(text)


_READERS: dict[ChannelKind, Callable[[Entered, ChannelSettings], ChannelSettings]] = {
    ChannelKind.WEBHOOK: _webhook,
    ChannelKind.EMAIL: _email,
    ChannelKind.MQTT: _mqtt,
    ChannelKind.APPRISE: _apprise,
}
