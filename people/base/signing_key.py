"""The keys with which the site signs cases and anchors: Ed25519, made here, sealed like cameras' passwords."""

from __future__ import annotations

import hashlib
import logging

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.db import models

from people.base.seal_keys import seal_keys

logger = logging.getLogger(__name__)

PURPOSE = "facesite case signing key"
"""Stays as it is: with another purpose no stored key would open."""


class SigningKey(models.Model):
    """One key. The newest that opens signs; all of them are published, so that old cases can still be checked."""

    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    """SHA-256 of the 32 bytes of the public key, hexadecimal."""
    public = models.CharField(max_length=64, editable=False)
    """The 32 bytes of the public key, hexadecimal."""
    sealed = models.TextField(editable=False)
    """The 32 bytes of the private key, hexadecimal, encrypted by SECRET_KEY."""
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "streams"
        ordering = ["-made_at", "-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.fingerprint[:16]

    @property
    def public_key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.public))

    @property
    def pem(self) -> str:
        return self.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, message: bytes) -> bytes:
        """Returns the 64 bytes of the signature. Raises InvalidToken if no key of this site opens the private key."""
        secret = bytes.fromhex(seal_keys(PURPOSE).decrypt(self.sealed.encode()).decode())
        return Ed25519PrivateKey.from_private_bytes(secret).sign(message)


def site_key() -> SigningKey:
    """Returns the newest key; makes one if there is none yet, or the newest cannot be opened any more."""
    newest = SigningKey.objects.first()
    if newest:
        try:
            newest.sign(b"")
        except InvalidToken:
            logger.warning("the signing key cannot be opened: SECRET_KEY was changed; a new one is made")
        else:
            return newest
    return _make_key()


def read_public_key(pem: bytes) -> Ed25519PublicKey | None:
    """Reads a public key that came with a file; None for anything else, keys of other kinds included."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PublicKey) else None


def fingerprint_of(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()


def _make_key() -> SigningKey:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    sealed = seal_keys(PURPOSE).encrypt(private.private_bytes_raw().hex().encode()).decode()
    key, _ = SigningKey.objects.get_or_create(
        fingerprint=fingerprint_of(public), defaults={"public": public.hex(), "sealed": sealed}
    )
    return key
