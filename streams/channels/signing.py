"""Signs webhooks as Standard Webhooks says (standardwebhooks.com): HMAC-SHA-256 over id, time and body.

Several keys sign one message while one takes over from another: each signature stands in the header, the newest first.
Receivers check it with that project's libraries, which exist for a dozen languages, or with the script in
docs/channels.md.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

PREFIX = "whsec_"
KEY_BYTES = 32
"""The convention asks for 24 to 64."""


def new_signing_key() -> str:
    """Returns a new key, as receivers enter it: whsec_ and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def signed_headers(keys: Sequence[str], delivery_id: str, at: datetime, body: str) -> dict[str, str]:
    """Returns the three headers of the convention, signed with each of `keys`.

    `at`: aware UTC; receivers refuse what is five minutes old.
    """
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(delivery_id, at, body) for key in keys),
    }
