"""The keys of a site: a backup holds them, because nothing that is sealed opens without."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from django.conf import settings

from facesite.backup.errors import Damaged, Refused
from facesite.env import EMBEDDED, VAR, env

NAMES = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "CAMERA_KEYS")


def own_keys() -> dict[str, list[str]]:
    """Returns the keys of this site by the names of their settings."""
    return {"SECRET_KEY": [settings.SECRET_KEY], **{name: list(getattr(settings, name)) for name in NAMES[1:]}}


def read_keys(content: IO[bytes]) -> dict[str, list[str]]:
    """Returns the keys that a backup holds. Raises Damaged."""
    told = json.load(content)
    try:
        return {name: [str(key) for key in told[name]] for name in NAMES}
    except (TypeError, KeyError):
        raise Damaged("The keys of this backup are not as they should be.") from None


def check_keys(kept: dict[str, list[str]]) -> None:
    """Raises Refused, with what to do, if this site lacks a key of the backup and cannot take it over."""
    signing = {
        *own_keys()["SECRET_KEY"],
        *settings.SECRET_KEY_FALLBACKS,
        *(kept["SECRET_KEY"] if _is_own_file() else ()),
    }
    known = {"SECRET_KEY": signing, "SECRET_KEY_FALLBACKS": signing, "CAMERA_KEYS": {*settings.CAMERA_KEYS}}
    if lacking := [name for name in NAMES if not known[name].issuperset(kept[name])]:
        raise Refused(
            f"This backup is of a site with other keys ({', '.join(lacking)}): without them no password of a camera, "
            "no second factor and no channel would open. `manage.py restore FILE --keys-to FOLDER` writes them as "
            "files; give them to this site by SECRET_KEY_FILE and CAMERA_KEYS_FILE, then restore again."
        )


def take_over(kept: dict[str, list[str]]) -> None:
    """Makes the backup's key this site's own, where it is a file of this site's; this process goes by it, too.

    What is sealed and signed from here on must open with the key that the site has at its start.
    """
    if _is_own_file():
        _write_private(VAR / "secret-key", kept["SECRET_KEY"][0])
        settings.SECRET_KEY = kept["SECRET_KEY"][0]


def write_keys(kept: dict[str, list[str]], folder: Path) -> list[Path]:
    """Writes each setting as a file that NAME_FILE can name, readable by its owner alone; returns them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = {folder / name: ",".join(kept[name]) for name in NAMES if kept[name]}
    for path, text in files.items():
        _write_private(path, text)
    return list(files)


def _is_own_file() -> bool:
    return EMBEDDED and not env.str("SECRET_KEY", default="")


def _write_private(path: Path, text: str) -> None:
    with NamedTemporaryFile("w", dir=path.parent, delete=False) as file:  # its mode is 0600
        file.write(text)
    Path(file.name).replace(path)
