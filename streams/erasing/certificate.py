"""The certificate of an erasure as it stands in a file: what was erased, signed by the site, and how it is checked.

The document inside is a text, so that nobody needs to know how JSON was written to check its signature. The seal is
made with the site's secret key: by it a site knows its own certificates even if a backup from before the signing key
was restored.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from people.base.signing_key import SigningKey, fingerprint_of, read_public_key
from streams.erasing.traces import Tracer, UnknownKey, split, tracer_called

FORMAT = 1
MOST_BYTES = 100_000_000
"""A certificate of a million sightings and their pictures has some 60 MB."""
FIELDS = ("certificate", "key", "public_key", "signature", "seal")
_CHANGED = "The certificate was changed: its signature does not fit."
_NONE = "This is no certificate of an erasure."


class BadCertificate(Exception):
    """The file is no certificate, was changed, or is not of this site; the text says which."""


@dataclass(frozen=True)
class Certificate:
    """A certificate. `public_key`: PEM, a copy of the key that signed it; `signature` and `seal`: hexadecimal."""

    document: str
    fingerprint: str
    public_key: str
    signature: str
    seal: str

    @classmethod
    def sign(cls, said: Mapping[str, Any], key: SigningKey, tracer: Tracer) -> Certificate:
        document = json.dumps(said, sort_keys=True, ensure_ascii=False, indent=1)
        signature = key.sign(document.encode()).hex()
        return cls(document, key.fingerprint, key.pem, signature, tracer.seal(document))

    @classmethod
    def read(cls, text: str) -> Certificate:
        """Raises BadCertificate."""
        try:
            told = json.loads(text)
        except ValueError:
            raise BadCertificate(_NONE) from None
        if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in FIELDS):
            raise BadCertificate(_NONE)
        return cls(*(told[name] for name in FIELDS))

    def text(self) -> str:
        values = (self.document, self.fingerprint, self.public_key, self.signature, self.seal)
        return json.dumps(dict(zip(FIELDS, values, strict=True)), indent=1, ensure_ascii=False)

    @cached_property
    def said(self) -> dict[str, Any]:
        """What it says. Raises BadCertificate."""
        try:
            said = json.loads(self.document)
        except ValueError:
            raise BadCertificate(_CHANGED) from None
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise BadCertificate("This certificate is of a later release: check it with that.")
        return said

    @property
    def reference(self) -> str:
        return str(self.said["reference"])

    def check(self, keys: Mapping[str, Ed25519PublicKey]) -> None:
        """Checks that this site signed it: with one of `keys`, by fingerprint, or with one that is lost, by the seal.

        Raises BadCertificate.
        """
        key = keys.get(self.fingerprint)
        if key is None and self.has_seal():
            key = self._copied_key()
        if key is None:
            raise BadCertificate(
                f"It is signed with the key {self.fingerprint[:16]}…, which is none of this site's: anybody can make "
                "such a file."
            )
        try:
            key.verify(bytes.fromhex(self.signature), self.document.encode())
        except (InvalidSignature, ValueError):
            raise BadCertificate(_CHANGED) from None

    def has_seal(self) -> bool:
        """Returns whether a secret key of this site has sealed it."""
        try:
            return self.tracer().has_sealed(self.document, self.seal)
        except UnknownKey:
            return False

    def tracer(self) -> Tracer:
        """Returns what makes the same traces again. Raises UnknownKey."""
        return tracer_called(str(self.said["traces"]["key"]))

    def traces(self) -> dict[str, set[bytes]]:
        """Returns the traces of everything that was erased, by kind."""
        return {kind: split(base64.b64decode(found)) for kind, found in self.said["traces"]["of"].items()}

    def _copied_key(self) -> Ed25519PublicKey | None:
        key = read_public_key(self.public_key.encode())
        return key if key and fingerprint_of(key.public_bytes_raw()) == self.fingerprint else None


def packed(traces: bytes) -> str:
    return base64.b64encode(traces).decode()
