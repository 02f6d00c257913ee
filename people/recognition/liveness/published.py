"""What is published of the liveness network, where it is kept, and what must be said before it is installed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from people.recognition.errors import BadWeights

PACKAGE, VERSION = "faceplugin-face-recognition-js", "0.0.1"
PACKAGE_SHA256 = "7ea06031d9a3f83753254fcff60506a07b81b46fc84d4ee024cd041f260ec1ba"
PACKAGE_BYTES = 41_114_878
NAME, MEMBER = "fr_liveness.onnx", "package/model/fr_liveness.onnx"
"""Of the file, and of its place in the package."""
SHA256 = "afa783b7e902fdfcf323a7240cac2a1c580c25314ea4161129dc1b0d100dc32d"
SIZE_BYTES = 1_886_811

LICENCE = "MIT, as its package says"
PROVENANCE = (
    "Nobody says where its weights come from, or on which faces they were trained. The licence is the package's; "
    "whether it covers the weights is unknown."
)
SEES = (
    "It sees edges and texture around a face, as prints, book covers and held phones have them. After five looks at a "
    "face a sighting says “look closer”."
)
MISSES = (
    "It does not notice a picture that fills the camera's view, as a replay on a tablet close to the lens does: 9 of "
    "10 pass. Phones and pictures without a border often pass, and so do many whose face is only 40 pixels wide; "
    "narrower faces are not looked at. Masks were never tried. Now and then it hints at a living face."
)
NO_PROOF = (
    "It is a hint for people who look, and no proof. It never changes a name, and it must never open a door or decide "
    "anything by itself."
)


def path_in(folder: Path) -> Path:
    """Returns where the file is kept: beside the graphs of the other networks (MODEL_CACHE)."""
    return folder / NAME


def read(folder: Path) -> bytes:
    """Returns the network, read once and checked. Raises BadWeights if it is missing or not the published one."""
    try:
        data = path_in(folder).read_bytes()
    except OSError as error:
        raise BadWeights(f"cannot read {NAME}: {error.strerror}") from error
    check(NAME, data, SHA256)
    return data


def is_installed(folder: Path) -> bool:
    """Returns whether the published file is there; reads all of it, in 2 ms."""
    try:
        read(folder)
    except BadWeights:
        return False
    return True


def keep(data: bytes, folder: Path) -> Path:
    """Writes the network, checked, in one step; all users may read it. Raises BadWeights and OSError."""
    check(NAME, data, SHA256)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=f".{NAME}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(temporary).chmod(0o644)
        return Path(temporary).replace(path_in(folder))
    except OSError:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def remove(folder: Path) -> bool:
    """Removes the network; returns False if there was none. Raises OSError."""
    try:
        path_in(folder).unlink()
    except FileNotFoundError:
        return False
    return True


def check(name: str, data: bytes, sha256: str) -> None:
    """Raises BadWeights if `data` is not what was published."""
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise BadWeights(f"{name} is not the published file: expected sha256 {sha256[:12]}…, got {found[:12]}…")
