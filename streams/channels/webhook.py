"""The channel kind webhook: a signed POST of JSON to an address of the owner's."""

from __future__ import annotations

import json

from streams.channels.message import Message, Receiver
from streams.channels.posting import WITHIN_S, post, webhook_url
from streams.channels.signing import signed_headers


def deliver(message: Message, to: Receiver, within_s: float = WITHIN_S) -> None:
    """Posts `message`. Raises NotDelivered."""
    body = body_of(message)
    keys = [to.secret[name] for name in ("key", "old_key") if name in to.secret]
    headers = signed_headers(keys, message.id, message.at, body)
    certificate = str(to.address.get("certificate", ""))
    post(to.secret["url"], body.encode(), headers, to.networks, trusted=certificate, within_s=within_s)


def body_of(message: Message) -> str:
    """Returns the JSON of the convention: what happened, when it is told, and the rest in `data`."""
    data = {"title": message.title, "text": message.text, "link": message.link, **message.fields}
    return json.dumps({"type": message.event, "timestamp": message.at.isoformat(), "data": data}, ensure_ascii=False)


def place_of(url: str) -> str:
    """Returns what may be shown of an address: its path is often the secret by which a receiver knows the caller."""
    parts = webhook_url(url)
    return f"{parts.scheme}://{parts.netloc}/…"
