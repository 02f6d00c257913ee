"""ZIPs of people made on the spot, and a worker that works them off."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from people.imports.importer import Importer
from people.imports.jobs import ImportJob
from people.imports.services import start_import
from tests.people.conftest import picture


def zip_of(*paths: str, data: bytes | None = None, method: int = zipfile.ZIP_STORED) -> BytesIO:
    """A picture of its own for each path, or the same `data`; text for `.txt`."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for seed, path in enumerate(paths):
            archive.writestr(path, data or (b"hello" if path.endswith(".txt") else picture(seed)))
    file.seek(0)
    return file


def work() -> None:
    """Every import that is due, to its end."""

    async def all_of_them() -> None:
        while await Importer(name="test").import_next(asyncio.Event()):
            pass

    with ThreadPoolExecutor(1) as elsewhere:  # Playwright keeps an event loop in the thread of a browser's test
        elsewhere.submit(asyncio.run, all_of_them()).result()


@pytest.fixture
def start(media: Path, operator: User) -> Callable[..., ImportJob]:
    """Upload a ZIP of these paths."""
    return lambda *paths: start_import(file=zip_of(*paths), name="people.zip", by=operator)


class NamedAs(zipfile.ZipInfo):
    """An entry whose name is these bytes, without the flag that says they are UTF-8, as old programs write it."""

    raw = b""

    @classmethod
    def of(cls, raw: bytes, extra: bytes = b"") -> NamedAs:
        entry = cls(raw.decode("cp437"))
        entry.raw, entry.extra = raw, extra
        return entry

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.raw, self.flag_bits & ~0x800


def zip_of_raw(*names: bytes, extra: bytes = b"") -> BytesIO:
    """A picture of its own for each name, which is written as these bytes; each with the field `extra`."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for seed, name in enumerate(names):
            archive.writestr(NamedAs.of(name, extra), picture(seed))
    file.seek(0)
    return file
