"""`manage.py restore FILE`: a backup into an empty site."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facesite.backup.archive import ArchiveReader
from facesite.backup.errors import BackupError
from facesite.backup.keys import read_keys, write_keys
from facesite.backup.manifest import KEYS
from facesite.backup.opening import read
from facesite.backup.restoring import restore
from facesite.management.progress import told_now_and_then
from streams.erasing.again import erase_again, gather
from streams.erasing.certificate import BadCertificate
from streams.erasing.traces import UnknownKey
from streams.management.commands.erase_again import in_words
from streams.records.backup_taken import BackupTaken


class Command(BaseCommand):
    help = (
        "Restore a backup of this release or an earlier one into an empty site that is not running: all of it, or "
        "nothing. `-` reads standard input."
    )
    requires_system_checks = ()  # the database may have no tables yet

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--keys-to", type=Path, metavar="FOLDER", help="only write the keys of the backup as files into FOLDER"
        )

        parser.add_argument(
            "--certificates", type=Path, action="append", default=[], metavar="FOLDER",
            help="a folder with further certificates of erasures: what they name is erased again",
        )  # fmt: skip

    def handle(self, *, file: Path, keys_to: Path | None, certificates: list[Path], **_: Any) -> None:
        try:
            self._write_keys(file, keys_to) if keys_to else self._restore(file, certificates)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error

    def _restore(self, file: Path, certificates: list[Path]) -> None:
        began = monotonic()
        with read(file) as source:
            restored = restore(source, told_now_and_then(self.stdout))
        self.stdout.write(
            f"The site is as it was at {restored.taken_at}: {restored.rows:,} rows and {restored.pictures:,} pictures, "
            f"in {monotonic() - began:,.0f} s."
        )
        if restored.missing:
            self.stdout.write(f"{restored.missing:,} pictures had been lost before the backup was made.")
        # A backup does not know of itself: without this, certificates would say that there is none.
        BackupTaken.objects.create(taken_at=datetime.fromisoformat(restored.taken_at))
        self._erase_again(certificates)
        self.stdout.write("Start it, and let everybody log in anew.")

    def _erase_again(self, certificates: list[Path]) -> None:
        """The last step: nobody who was erased since the backup may come back with it."""
        try:
            again = erase_again(gather(certificates, self.stdout.write), told_now_and_then(self.stdout))
        except (BadCertificate, UnknownKey, OSError) as error:
            raise CommandError(
                f"The backup is restored, but the certificates of erasures cannot be read: {error} Do not start the "
                "site before `manage.py erase_again --certificates FOLDER` has erased again what they name."
            ) from error
        self.stdout.write(in_words(again))
        if again.left:
            raise CommandError("\n".join(["These are still there:", *map(str, again.left)]))

    def _write_keys(self, file: Path, folder: Path) -> None:
        with read(file) as source:
            for name, content in ArchiveReader(source):
                with content:
                    if name == KEYS:
                        paths = write_keys(read_keys(content), folder)
                        self.stdout.write("\n".join(map(str, paths)))
                        return
