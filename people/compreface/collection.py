"""Client for the face collection of a running CompreFace: its subjects, its saved faces and their pictures.

It uses the key of CompreFace's recognition service and the addresses in CompreFace's documentation (since 0.6).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from people.compreface.connection import Connection
from people.compreface.errors import CompreFaceRefused, Incomplete

BASE = "/api/v1/recognition"
PAGE = 500
LIST_MAX_BYTES = 50_000_000
MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class SavedFace:
    image_id: UUID
    subject: str


class Collection:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def subjects(self) -> list[str]:
        """Returns the names of all subjects. Raises CompreFaceError."""
        return [str(name) for name in self._json("/subjects").get("subjects", [])]

    def faces(self) -> list[SavedFace]:
        """Returns every saved face once, sorted by subject. Raises CompreFaceError."""
        for _ in range(2):
            found: dict[UUID, SavedFace] = {}
            total = 0
            for page in self._pages():
                total = int(page.get("total_elements", 0))
                found |= {face.image_id: face for face in map(_face, page["faces"])}
            if len(found) >= total:
                return sorted(found.values(), key=lambda face: (face.subject, str(face.image_id)))
        raise Incomplete(f"It says that it has {total} faces, but lists {len(found)}: is somebody changing them?")

    def picture(self, face: SavedFace, *, max_bytes: int) -> bytes:
        """Returns the picture of a face; empty if CompreFace did not keep it. Raises CompreFaceError."""
        return self._connection.get(f"{BASE}/faces/{face.image_id}/img", max_bytes=max_bytes)

    def _pages(self) -> Iterator[dict[str, Any]]:
        # Sorted: otherwise CompreFace's pages have no order, and may repeat faces or leave some out.
        number = 0
        while number < MOST_PAGES:
            page = self._json(f"/faces?page={number}&size={PAGE}&sort=id")
            if not isinstance(page.get("faces"), list):
                raise CompreFaceRefused("Its list of faces is not CompreFace's.")
            yield page
            number += 1
            if number >= int(page.get("total_pages", 1)):
                return

    def _json(self, path: str) -> dict[str, Any]:
        body = self._connection.get(BASE + path, max_bytes=LIST_MAX_BYTES)
        try:
            told = json.loads(body)
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise CompreFaceRefused(
                "What answers there is not CompreFace: give the address of its web page, with its port."
            )
        return told


def _face(told: Any) -> SavedFace:
    try:
        return SavedFace(UUID(told["image_id"]), str(told["subject"]))
    except (TypeError, KeyError, ValueError):
        raise CompreFaceRefused("Its list of faces is not CompreFace's.") from None
