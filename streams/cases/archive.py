"""Writes the ZIP of a case: pictures as they come, then document, table, facts, and the signed manifest."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from people.base.csv_files import number_cell
from people.base.signing_key import SigningKey
from people.base.spreadsheets import safe
from streams.cases.document import Letterhead, PlacedEntry, PlacedPicture, document_of
from streams.cases.entries import CaseEntry, CasePicture
from streams.cases.manifest import (
    DOCUMENT,
    FACTS,
    MANIFEST,
    PUBLIC_KEY,
    README,
    SIGNATURE,
    TABLE,
    manifest_of,
)
from streams.errors import CannotBeDone

MOST_BYTES = 300_000_000
"""Of all pictures together: a ZIP of people has 500 MB, and a worker's /tmp takes both."""
COLUMNS = (
    "number", "id", "who", "how_sure", "where", "first_seen", "last_seen", "why", "remarks", "numbers", "verdict",
    "distance", "person_id", "pictures", "clips",
)  # fmt: skip
HOW_TO_CHECK = """How to check this case

{manifest} lists every other file with its SHA-256. The site has signed that list: {signature} is an Ed25519
signature of it. Whatever was changed, added or taken out since no longer fits.

With facesite:   manage.py verify_case FILE.zip [--key public-key.pem]
Without it:      sha256sum --check {manifest}
                 openssl pkeyutl -verify -pubin -inkey {key} -rawin -in {manifest} -sigfile {signature}

{key} is only a copy: anybody can sign with a key of their own. Compare its fingerprint with the one that the site
publishes at {address}:

    {fingerprint}
"""


class CaseArchive:
    """Collects the files of one case in `folder` and in a ZIP that is written to `file`."""

    def __init__(self, file: IO[bytes], folder: Path, made_at: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._folder, self._at = folder, made_at.timetuple()[:6]
        self._hashes: dict[str, str] = {}
        self._bytes = 0
        self.entries: list[PlacedEntry] = []

    def __enter__(self) -> CaseArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()  # it would complain in the rubbish, of a file that is closed already

    def add(self, entry: CaseEntry) -> None:
        """Adds an entry with its pictures. Raises CannotBeDone if they are too many, and any error of the storage."""
        number = len(self.entries) + 1
        pictures = [
            (f"pictures/{number:04d}-{place}.jpg", picture) for place, picture in enumerate(entry.pictures, start=1)
        ]
        kept = [
            PlacedPicture(name, path, picture) for name, picture in pictures if (path := self._fetched(name, picture))
        ]
        names = (f"clips/{number:04d}-{place}.webm" for place in range(1, len(entry.clips) + 1))
        clips = [name for name, read in zip(names, entry.clips, strict=True) if self._added(name, read) is not None]
        self.entries.append(PlacedEntry(number, entry, kept, clips))

    def finish(self, head: Letterhead, facts: dict[str, Any], *, address: str, key: SigningKey) -> None:
        """Writes the rest and signs it all; `address`: where the site publishes its keys."""
        self._write(DOCUMENT, document_of(head, self.entries), packed=True)
        self._write(TABLE, table_of(self.entries), packed=True)
        self._write(FACTS, json.dumps(facts, indent=2, ensure_ascii=False).encode(), packed=True)
        self._write(PUBLIC_KEY, key.pem.encode(), packed=True)
        words = {"manifest": MANIFEST, "signature": SIGNATURE, "key": PUBLIC_KEY, "address": address}
        self._write(README, HOW_TO_CHECK.format(**words, fingerprint=key.fingerprint).encode(), packed=True)
        manifest = manifest_of(self._hashes)
        self._write(MANIFEST, manifest, packed=True)
        self._write(SIGNATURE, key.sign(manifest), packed=False)
        self._zip.close()

    def _fetched(self, name: str, picture: CasePicture) -> Path | None:
        """Adds a picture, and keeps a copy for the document; None if its file is gone."""
        jpeg = self._added(name, picture.read)
        if jpeg is None:
            return None
        path = self._folder / name.replace("/", "-")
        path.write_bytes(jpeg)
        return path

    def _added(self, name: str, read: Callable[[], bytes]) -> bytes | None:
        """Adds a stored file and returns its content; None if it is gone."""
        try:
            content = read()
        except FileNotFoundError:
            return None
        self._bytes += len(content)
        if self._bytes > MOST_BYTES:
            raise CannotBeDone(
                f"Its pictures have more than {MOST_BYTES / 1e6:.0f} MB: make several cases, each of a shorter time."
            )
        self._write(name, content, packed=False)
        return content

    def _write(self, name: str, content: bytes, *, packed: bool) -> None:
        info = zipfile.ZipInfo(name, self._at)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, content)
        self._hashes[name] = hashlib.sha256(content).hexdigest()


def table_of(entries: Sequence[PlacedEntry]) -> bytes:
    """Returns the entries as CSV. It begins with a mark by which spreadsheets know that it is UTF-8."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(placed) for placed in entries)
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _cells(placed: PlacedEntry) -> list[object]:
    entry = placed.entry
    texts = (entry.who, entry.how_sure, entry.where, entry.first, entry.last, entry.why, " ".join(entry.remarks))
    return [
        placed.number,
        entry.id,
        *(safe(text) for text in texts),
        safe(entry.numbers),
        entry.verdict,
        number_cell(entry.distance),
        entry.person_id,
        " ".join(each.name for each in placed.pictures),
        " ".join(placed.clips),
    ]
