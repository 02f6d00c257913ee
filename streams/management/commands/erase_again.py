"""`manage.py erase_again`: erase what certificates say was erased and a backup has brought back."""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from streams.erasing import brought_back
from streams.erasing.again import ErasedAgain, erase_again, gather
from streams.erasing.certificate import BadCertificate
from streams.erasing.traces import UnknownKey

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Erase again whatever certificates of erasures say was erased and is there: those in the storage and the "
        "database, and in the folders that are named. `restore` does it by itself. It may be repeated."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--certificates", type=Path, action="append", default=[], metavar="FOLDER",
            help="a folder with further certificates (JSON), or one of them; may be given several times",
        )  # fmt: skip
        parser.add_argument(
            "--start-anyway", action="store_true",
            help="let a restored site start although some certificates cannot be read, or some of it cannot be erased",
        )  # fmt: skip

    def handle(self, *, certificates: list[Path], start_anyway: bool, **_: Any) -> None:
        if start_anyway:
            logger.warning("the site may start although a backup may have brought back who was erased")
            brought_back.forget()
        try:
            again = erase_again(gather(certificates, self.stdout.write))
        except (BadCertificate, UnknownKey, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(in_words(again))
        if again.left:
            raise CommandError("\n".join(["These are still there:", *map(str, again.left)]))


def in_words(again: ErasedAgain) -> str:
    if not again.certificates:
        return "There are no certificates of erasures: nothing was to be erased again."
    return (
        f"{again.certificates:,} certificates of erasures: {again.people:,} people and {again.others:,} further rows "
        "and objects that they name were there, and were erased again."
    )
