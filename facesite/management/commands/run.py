"""`make run`: everything in one process over an embedded Postgres, with the demo."""

import asyncio
import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError, call_command

from facesite.env import EMBEDDED
from facesite.lab.demo import seed


class Command(BaseCommand):
    help = "Run the whole site in one process: web server, recognition, enrolment, embedded database and the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="Start with an empty site and make no login.")

    def handle(self, *args: Any, port: int, no_demo: bool, **options: Any) -> None:
        from facesite.embedded.site import free_socket, serve

        if not EMBEDDED:
            raise CommandError(
                "DATABASE_URL is set: run `uvicorn facesite.asgi:application` and `manage.py runworker`."
            )
        try:
            listener = free_socket(port)
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Choose another: PORT=8001 make run"
            ) from error
        self.stdout.write("Starting the database …")
        call_command("migrate", verbosity=0)
        login = "your own"
        if not no_demo:
            seed.seed(self.stdout.write)
            login = seed.login()
        try:
            asyncio.run(serve(listener, lambda: self._announce(port, login)))
        finally:
            # A second Ctrl-C must not cut short the stopping of Postgres, which comes at the very end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _announce(self, port: int, login: str) -> None:
        self.stdout.write(
            self.style.SUCCESS(f"\n  Live at http://127.0.0.1:{port}/   login: {login}\n  Ctrl-C stops everything.\n")
        )
        self.stdout.flush()
