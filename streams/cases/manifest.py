"""The list of a case's files with their SHA-256, as `sha256sum` writes it, so that everybody can check it."""

from __future__ import annotations

import re
from collections.abc import Mapping

MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.sha256", "manifest.sha256.sig", "public-key.pem"
DOCUMENT, TABLE, FACTS, README = "case.pdf", "sightings.csv", "case.json", "README.txt"
UNLISTED = frozenset({MANIFEST, SIGNATURE})
_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]{1,200})")


def manifest_of(hashes: Mapping[str, str]) -> bytes:
    """Returns the manifest of files by name; `hashes` maps names to hexadecimal SHA-256."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(hashes.items())).encode()


def read_manifest(manifest: bytes) -> dict[str, str]:
    """Returns the SHA-256 by name. Raises ValueError for what is no manifest, or names a file twice."""
    hashes: dict[str, str] = {}
    for line in manifest.decode("ascii").splitlines():
        found = _LINE.fullmatch(line)
        if found is None or found[2] in hashes:
            raise ValueError(f"the line {line[:80]!r} is none of a manifest")
        hashes[found[2]] = found[1]
    return hashes
