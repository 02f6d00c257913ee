"""What django-allauth asks this site about second factors: how their secrets are kept, and whose name they bear."""

from __future__ import annotations

import base64
import logging
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken
from django.contrib.auth.base_user import AbstractBaseUser

from people.base.seal_keys import seal_keys

logger = logging.getLogger(__name__)
_PURPOSE = "facesite second factors"


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is not right. Codes of an app change every 30 seconds, and each works once.",
    }

    def encrypt(self, text: str) -> str:
        """Seals the secret of an app or of recovery codes: whoever reads the database cannot make codes."""
        return seal_keys(_PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Returns what was sealed; if no key opens it any more, a secret that nobody has, so that no code is right."""
        try:
            return seal_keys(_PURPOSE).decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.exception("a second factor cannot be read: SECRET_KEY has changed, and no fallback opens it")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_issuer(self) -> str:
        return f"facesite {self._get_site_name()}"

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        """Returns the name that people log in with, never the mail address."""
        return user.get_username()
