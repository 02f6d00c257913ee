"""The first member of a backup: which database it holds, and as of when."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import IO, Any

from facesite.backup.errors import Damaged, Refused

FORMAT = 1
MANIFEST, KEYS, TABLES, MEDIA = "manifest.json", "keys.json", "tables/", "media/"
"""Names of the members, and the folders of those with rows and pictures, in the order in which they come."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What must be known before the first row is read."""

    taken_at: str
    """ISO, by the database's clock: everything committed before is in it, and no erasure since."""
    migrations: list[list[str]]
    """[app, name] of each migration that the database has had: its tables are built by these."""
    tables: dict[str, list[str]]
    """The columns of each table, in the order in which the rows have them."""
    sequences: dict[str, int]
    """The last number that each sequence gave out."""
    format: int = FORMAT
    holds: str = "the keys of the site and biometric data of everybody enrolled: whoever has this file has both"

    def told(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def read(cls, content: IO[bytes]) -> Manifest:
        """Raises Damaged, and Refused for the format of a later release."""
        told = json.load(content)
        if not isinstance(told, dict) or "format" not in told:
            raise Damaged("This is no backup of a site: its manifest does not say so.")
        if told["format"] != FORMAT:
            raise Refused(f"This backup has the format {told['format']}, of a later release. Restore it with that.")
        try:
            return cls(**told)
        except TypeError as error:
            raise Damaged(f"The manifest of this backup is not as it should be ({error}).") from error
