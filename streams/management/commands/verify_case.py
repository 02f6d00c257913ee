"""`manage.py verify_case FILE`: tells whether a case is as this site handed it over."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management.base import BaseCommand, CommandError

from people.base.signing_key import SigningKey, fingerprint_of, read_public_key
from streams.cases.verifying import BadCase, verify


class Command(BaseCommand):
    help = (
        "Check a case: that a key of this site signed its list of files, and that the files in it are those, whole "
        "and no others. With --key FILE it asks no database, and checks against that public key (PEM)."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the ZIP file of a case")
        parser.add_argument("--key", type=Path, metavar="FILE", help="a public key, as the site publishes it")

    def handle(self, *, file: Path, key: Path | None, **_: Any) -> None:
        try:
            keys = _given(key) if key else {each.fingerprint: each.public_key for each in SigningKey.objects.all()}
            with file.open("rb") as stored:
                found = verify(stored, keys)
        except BadCase as bad:
            raise CommandError("\n".join(["This case is NOT as it was handed over:", *bad.problems])) from None
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        self.stdout.write(f"All {found.files} files are as they were handed over, signed by {found.fingerprint}.")


def _given(path: Path) -> dict[str, Ed25519PublicKey]:
    key = read_public_key(path.read_bytes())
    if key is None:
        raise CommandError("--key: expected an Ed25519 public key in PEM form.")
    return {fingerprint_of(key.public_bytes_raw()): key}
