"""`manage.py verify_erasure CERTIFICATE`: tells whether what a certificate says was erased is still gone."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people.audit.anchors import site_keys
from streams.erasing.certificate import MOST_BYTES, BadCertificate, Certificate
from streams.erasing.searching import count_all, search
from streams.erasing.traces import UnknownKey

SOMETHING_IS_THERE, NOT_GENUINE, CANNOT_SAY = 1, 2, 3
MOST_SHOWN = 50


class Command(BaseCommand):
    help = (
        "Check the certificate of an erasure: that this site signed it, and that nothing of what it says was erased is "
        "in the database or the storage. Exit codes: 0 nothing is there; 1 something is there again, and is listed; 2 "
        "the certificate was changed or is not of this site; 3 it cannot be checked (file, database, storage, or a "
        "lost SECRET_KEY)."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("certificate", type=Path, help="the JSON file of a certificate")

    def handle(self, *, certificate: Path, **_: Any) -> None:
        began = monotonic()
        checked = self._checked(certificate)
        try:
            found = list(search([checked], self._tell))
        except UnknownKey as unknown:
            raise CommandError(str(unknown), returncode=CANNOT_SAY) from None
        seconds = monotonic() - began
        if not found:
            self.stdout.write(
                f"Nothing is there of what {checked.reference} says was erased: {count_all([checked]):,} rows and "
                f"objects looked for in {seconds:.1f} s. Signed by {checked.fingerprint}."
            )
            self.stdout.write("\n".join(checked.said["remains"]))
            return
        lines = [f"{len(found):,} things are there again that {checked.reference} says were erased:"]
        lines += [f"  {each}" for each in found[:MOST_SHOWN]]
        if len(found) > MOST_SHOWN:
            lines.append(f"  and {len(found) - MOST_SHOWN:,} more")
        raise CommandError("\n".join(lines), returncode=SOMETHING_IS_THERE)

    def _checked(self, path: Path) -> Certificate:
        try:
            with path.open("rb") as file:
                certificate = Certificate.read(file.read(MOST_BYTES).decode(errors="replace"))
            certificate.check(site_keys())
        except BadCertificate as bad:
            raise CommandError(str(bad), returncode=NOT_GENUINE) from None
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.", returncode=CANNOT_SAY) from None
        return certificate

    def _tell(self, words: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"looking through {words}", self.style.NOTICE)
