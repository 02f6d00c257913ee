"""Checks a case's ZIP: that the site signed its manifest, and that its files are those, whole and no others."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from people.base.signing_key import read_public_key
from people.base.zip_directories import Directory
from streams.cases.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, UNLISTED, read_manifest

# A case has at most 1,000 sightings with some pictures each; larger files are somebody else's.
MOST_FILES = 20_000
MOST_BYTES = 1_000_000_000
"""Of all files together, unpacked."""
SMALL_BYTES = 4_000_000
"""The most that manifest, signature and key take."""
PIECE_BYTES = 1 << 20
LENGTHS_AT = 26
"""Where the header of a file has the lengths of its name and of its extra fields, which follow."""
DESCRIPTORS = (0, 12, 16, 20, 24)
NO_ZIP = "This is no ZIP file, or it was cut off: its list of contents at the end is missing."


class BadCase(Exception):
    """The file is not as the site handed it over. `problems`: a sentence for each thing that is wrong."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked."""

    files: int
    fingerprint: str
    """Of the key that signed it."""


def verify(file: IO[bytes], keys: Mapping[str, Ed25519PublicKey]) -> Verified:
    """Checks a ZIP against the public keys of the site, by fingerprint. Raises BadCase.

    Nothing is written to disk, and at most MOST_BYTES are unpacked.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            verified = _verify(archive, keys)
            if foreign := _foreign_bytes(file, archive.infolist()):
                raise BadCase(
                    f"It holds {foreign:,} bytes that belong to none of its files. The files are as they were handed "
                    "over, but this ZIP is not: some programs may see others in it."
                )
            return verified
    except (zipfile.BadZipFile, EOFError):
        raise BadCase(NO_ZIP) from None
    # ValueError: of places before the beginning of the file, and of names that are no text; struct.error: of a header
    # that would lie beyond its end.
    except (NotImplementedError, RuntimeError, ValueError, struct.error, zlib.error, OSError) as error:
        raise BadCase(f"The ZIP cannot be read: {error}.") from None


def _verify(archive: zipfile.ZipFile, keys: Mapping[str, Ed25519PublicKey]) -> Verified:
    entries = archive.infolist()
    if problems := list(_unsafe(entries)):
        raise BadCase(*problems)
    names = {entry.filename: entry for entry in entries}
    if missing := [name for name in (MANIFEST, SIGNATURE) if name not in names]:
        raise BadCase(f"It has no {' and no '.join(missing)}: this is no case, or they were taken out.")
    manifest = _small(archive, MANIFEST)
    fingerprint = _signer(archive, manifest, keys, has_key=PUBLIC_KEY in names)
    try:
        hashes = read_manifest(manifest)
    except ValueError as error:
        raise BadCase(f"The manifest cannot be read: {error}.") from None
    if problems := [*_differing(archive, names, hashes)]:
        raise BadCase(*problems)
    return Verified(len(hashes), fingerprint)


def _unsafe(entries: list[zipfile.ZipInfo]) -> Iterator[str]:
    """Yields what makes the ZIP dangerous to unpack, or ambiguous."""
    if len(entries) > MOST_FILES:
        yield f"It holds {len(entries)} files; no case has more than {MOST_FILES}."
        return
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MOST_BYTES:
        yield f"It would unpack to {unpacked / 1e6:,.0f} MB; no case has more than {MOST_BYTES / 1e6:,.0f} MB."
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
            yield f"The name {name[:100]!r} leads out of the folder that it would be unpacked to."
        if entry.flag_bits & 1:
            yield f"{name[:100]} is encrypted, and no case is."
        if name in seen:
            yield f"{name[:100]} is in it twice."
        seen.add(name)


def _foreign_bytes(file: IO[bytes], entries: list[zipfile.ZipInfo]) -> int:
    """Returns how many bytes before, between and behind the files belong to none; files that overlap count, too."""
    directory, at, foreign = Directory(file), 0, 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        foreign += _apart(at, entry.header_offset)
        file.seek(entry.header_offset + LENGTHS_AT)
        name, extra = struct.unpack("<HH", file.read(4))
        at = entry.header_offset + LENGTHS_AT + 4 + name + extra + entry.compress_size
    return foreign + _apart(at, directory.start) + file.seek(0, io.SEEK_END) - directory.end


def _apart(end: int, begin: int) -> int:
    """Returns the bytes between one file and the next, or 0 if these may say its length again, as streams do."""
    return 0 if begin - end in DESCRIPTORS else abs(begin - end)


def _signer(archive: zipfile.ZipFile, manifest: bytes, keys: Mapping[str, Ed25519PublicKey], *, has_key: bool) -> str:
    """Returns the fingerprint of the known key that signed the manifest. Raises BadCase with the likeliest reason."""
    signature = _small(archive, SIGNATURE)
    for fingerprint, key in keys.items():
        if _is_signed(manifest, signature, key):
            return fingerprint
    own = read_public_key(_small(archive, PUBLIC_KEY)) if has_key else None
    if own and _is_signed(manifest, signature, own):
        fingerprint = hashlib.sha256(own.public_bytes_raw()).hexdigest()
        raise BadCase(
            f"It is signed, but with a key that is none of this site's (fingerprint {fingerprint}): anybody can make "
            "such a file."
        )
    if not keys:
        raise BadCase("There is no key to check it with: give the site's public key with --key.")
    raise BadCase("The signature does not fit the manifest: one of them was changed after the site had signed it.")


def _is_signed(manifest: bytes, signature: bytes, key: Ed25519PublicKey) -> bool:
    try:
        key.verify(signature, manifest)
    except InvalidSignature:
        return False
    return True


def _differing(
    archive: zipfile.ZipFile, names: Mapping[str, zipfile.ZipInfo], hashes: Mapping[str, str]
) -> Iterator[str]:
    for name in sorted(hashes.keys() - names.keys()):
        yield f"{name} is missing."
    for name in sorted(names.keys() - hashes.keys() - UNLISTED):
        yield f"{name} was added: it is not in the manifest."
    for name in sorted(hashes.keys() & names.keys()):
        try:
            changed = _sha256(archive, name) != hashes[name]
        except (zipfile.BadZipFile, zlib.error, EOFError):
            changed = True
        if changed:
            yield f"{name} was changed."


def _sha256(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as file:  # it ends at the size that was declared, whatever is packed
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    """Returns a file's content. Raises BadCase if it is larger than it can be, or damaged."""
    if archive.getinfo(name).file_size > SMALL_BYTES:
        raise BadCase(f"{name} is far too large.")
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, zlib.error):
        raise BadCase(f"{name} was changed.") from None
