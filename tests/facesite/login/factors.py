"""Second factors of tests: an app that shows codes."""

from __future__ import annotations

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import User

PERIOD_S = 30


class App:
    """An app on the phone of `user`, which is set up already."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    @classmethod
    def of(cls, user: User) -> App:
        secret = generate_totp_secret()
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)
        return cls(secret)

    def code(self, steps: int = 0) -> str:
        """What the app shows now, or `steps` of 30 s later."""
        return format_hotp_value(hotp_value(self.secret, int(time.time()) // PERIOD_S + steps))


def recovery_codes_of(user: User) -> list[str]:
    return RecoveryCodes.activate(user).get_unused_codes()
