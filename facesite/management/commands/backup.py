"""`manage.py backup FILE`: the whole site in one file, while it runs."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from facesite.backup.errors import BackupError
from facesite.backup.making import back_up
from facesite.backup.opening import STANDARD, written
from facesite.management.progress import told_now_and_then
from streams.records.backup_taken import BackupTaken

MOST_DAYS = 36_500


class Command(BaseCommand):
    help = (
        "Write database, pictures and keys of this site to FILE while it runs. The file is not encrypted: it holds the "
        "site's keys and biometric data, and only its owner may read it. `-` writes to standard output, for a program "
        "that encrypts it or stores it elsewhere."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--kept-days",
            type=int,
            metavar="DAYS",
            help="how long you will keep the file: certificates of erasures and `doctor` say until when it holds what "
            "was erased",
        )

    def handle(self, *, file: Path, kept_days: int | None, **_: Any) -> None:
        if kept_days is not None and not 0 < kept_days <= MOST_DAYS:
            raise CommandError(f"--kept-days: expected a number of days from 1 to {MOST_DAYS:,}")
        began, console = monotonic(), self.stderr if file == STANDARD else self.stdout
        try:
            with written(file) as target:
                made = back_up(target, told_now_and_then(console))
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        self._note(made.taken_at, kept_days)
        console.write(
            f"The site as of {made.taken_at}: {made.rows:,} rows and {made.pictures:,} pictures, "
            f"in {monotonic() - began:,.0f} s."
        )
        if made.missing:
            console.write(f"{made.missing:,} pictures that rows name are not stored any more.")
        console.write("It holds the site's keys and biometric data, and is not encrypted: keep it as you keep these.")

    def _note(self, taken_at: str, kept_days: int | None) -> None:
        """Writes down that there is a backup. A database that is still to be migrated may have no table for it."""
        if BackupTaken._meta.db_table in connection.introspection.table_names():
            kept_until = timezone.now() + timedelta(days=kept_days) if kept_days else None
            BackupTaken.objects.create(taken_at=datetime.fromisoformat(taken_at), kept_until=kept_until)
