"""Anchors: once a day the site signs where the chain ends, and puts that where nobody can change it.

Whoever owns the database can write the whole chain anew, and its hashes with it. An anchor that was kept elsewhere, in
the log and in a bucket whose retention is locked, does not fit such a chain.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from people.audit.chaining import chain_all
from people.audit.entry import AuditAnchor
from people.audit.verifying import Broken, Walked, open_doors, verify
from people.base.signing_key import SigningKey, site_key

logger = logging.getLogger(__name__)

STORAGE = "anchors"
"""Of STORAGES, if AUDIT_BUCKET names a bucket."""
Keys = Mapping[str, Ed25519PublicKey]
"""Public keys by their fingerprints."""


@dataclass(frozen=True, slots=True)
class SignedAnchor:
    """An anchor as it stands in a file: the document that is signed, by which key, and the signature, hexadecimal."""

    document: str
    fingerprint: str
    signature: str

    def text(self) -> str:
        return json.dumps({"anchor": self.document, "key": self.fingerprint, "signature": self.signature}, indent=1)

    @classmethod
    def read(cls, text: str) -> SignedAnchor:
        """Raises ValueError for a file that is none."""
        said = json.loads(text)
        if not isinstance(said, dict) or not all(isinstance(said.get(n), str) for n in ("anchor", "key", "signature")):
            raise ValueError("expected a JSON object with anchor, key and signature")
        return cls(said["anchor"], said["key"], said["signature"])

    def opened(self, keys: Keys) -> OpenedAnchor:
        """Returns what it says. Raises Broken if no key of `keys` has signed that."""
        key = keys.get(self.fingerprint)
        if key is None:
            raise Broken(f"An anchor is signed by the key {self.fingerprint[:16]}…, which is none of this site's.")
        try:
            key.verify(bytes.fromhex(self.signature), self.document.encode())
            said = json.loads(self.document)
            return OpenedAnchor(int(said["number"]), str(said["hash"]), str(said["made_at"]), str(said["fault"]))
        except (InvalidSignature, ValueError, KeyError):
            raise Broken("An anchor was changed: its signature does not fit.") from None


@dataclass(frozen=True, slots=True)
class OpenedAnchor:
    """What an anchor says: number and hash of the last entry then, when that was, and what was found wrong, or ""."""

    number: int
    hash: str
    made_at: str
    fault: str


def make_anchor() -> AuditAnchor:
    """Walks the chain, compares it with the anchors so far, signs where it ends, and stores and logs that.

    A chain that is broken is anchored as well, with what was found: so it is known from when on.
    """
    chain_all()
    last = AuditAnchor.objects.first()
    walked = verify(anchors={row.number: row.hash for row in AuditAnchor.objects.filter(fault="", number__gt=0)})
    fault = walked.fault or open_doors()
    newly = [number for number in walked.set_back if last is None or number > last.number]
    document = _document(walked, fault, newly)
    key = site_key()
    signed = SignedAnchor(document, key.fingerprint, key.sign(document.encode()).hex())
    anchor = AuditAnchor.objects.create(
        number=walked.number, hash=walked.hash.hex(), fault=fault, document=document,
        fingerprint=signed.fingerprint, signature=signed.signature,
    )  # fmt: skip
    logger.log(
        logging.ERROR if fault else logging.INFO,
        "audit anchor: entry %s has the hash %s, signature %s by %s. %s",
        anchor.number, anchor.hash, signed.signature, key.fingerprint, fault or "The chain is whole.",
    )  # fmt: skip
    if newly:
        logger.warning(
            "audit: the clock was set back before the entries %s; their times are not sure", ", ".join(map(str, newly))
        )
    if settings.AUDIT_BUCKET:
        storages[STORAGE].save(f"audit/{datetime.now(UTC):%Y/%m/%d-%H%M%S}.json", ContentFile(signed.text().encode()))
    return anchor


def _document(walked: Walked, fault: str, newly: list[int]) -> str:
    said: dict[str, Any] = {
        "number": walked.number,
        "hash": walked.hash.hex(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "fault": fault,
    }
    if walked.set_back:
        said |= {"clock_set_back_before": walked.set_back, "of_these_since_the_last_anchor": newly}
    return json.dumps(said, sort_keys=True)


def site_keys() -> dict[str, Ed25519PublicKey]:
    return {key.fingerprint: key.public_key for key in SigningKey.objects.all()}


def own_anchors() -> list[SignedAnchor]:
    """Returns the anchors in the database that were made while the chain was whole."""
    rows = AuditAnchor.objects.filter(fault="", number__gt=0)
    return [SignedAnchor(row.document, row.fingerprint, row.signature) for row in rows]


def anchors_in(place: Path) -> list[SignedAnchor]:
    """Returns the anchors in a file, or in all files of a folder. Raises ValueError and OSError."""
    files = sorted(place.rglob("*.json")) if place.is_dir() else [place]
    return [SignedAnchor.read(file.read_text()) for file in files]


def anchored(anchors: Iterable[OpenedAnchor]) -> dict[int, str]:
    """Returns the hashes by number of entries. Raises Broken for two anchors that contradict each other.

    What was anchored while the chain was broken is left out: it has signed what somebody else had written.
    """
    found: dict[int, str] = {}
    for anchor in anchors:
        if not anchor.fault and found.setdefault(anchor.number, anchor.hash) != anchor.hash:
            raise Broken(f"Two anchors of entry {anchor.number} differ: the chain was rewritten between them.")
    return found
