"""`manage.py switch_engine`: which engines have encoded how much, and which of them makes the gallery."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from people.errors import NotCovered, PeopleError
from people.gallery.counter_examples import counter_examples_of_others
from people.gallery.engines import choose_engine, known_engines
from people.recognition.engine.kinds import offered


class Command(BaseCommand):
    help = (
        "Use the encodings of the engine KEY (or its name) for the gallery; without KEY, list the engines. To go "
        "back, switch to the engine before: its encodings are still there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", nargs="?", metavar="KEY")
        parser.add_argument(
            "--allow-missing", action="store_true", help="switch although this engine has not encoded every photo yet"
        )

    def handle(self, *, key: str | None, allow_missing: bool, **_: Any) -> None:
        if key is None:
            self._list()
            return
        try:
            kind = offered(key)
            choice = choose_engine(engine=kind.key if kind else key, by=None, allow_missing=allow_missing)
        except NotCovered as error:
            raise CommandError(f"{error} Or accept it with --allow-missing.") from error
        except PeopleError as error:
            raise CommandError(str(error)) from error
        if choice is None:
            self.stdout.write(f"{key} is in use already.")
            return
        self.stdout.write(self.style.SUCCESS(f"{key} is in use. Workers follow within seconds."))
        if silent := counter_examples_of_others(choice.engine):
            self.stdout.write(
                f"{silent} counter-examples (“not this person”) were made with another engine: they decide nothing now."
            )
        if choice.previous:
            self.stdout.write(f"Back: manage.py switch_engine {choice.previous}")

    def _list(self) -> None:
        for engine in known_engines():
            offered = f"offered here as {engine.offered.name}" if engine.offered else "of another release"
            used = ", in use" if engine.active else ""
            self.stdout.write(f"{engine.engine}  {engine.encoded} encoded, {engine.missing} missing  {offered}{used}")
