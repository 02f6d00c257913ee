"""`make run`: everything in one process over an embedded Postgres, with the demo."""

import asyncio
import logging
import signal
import socket
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError, call_command

from facesite.env import EMBEDDED
from facesite.lab.demo import seed
from facesite.monitoring import site_log

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run the whole site in one process: web server, recognition, enrolment, embedded database and the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--no-demo", action="store_true", help="Start with an empty site and make no login.")

    def handle(self, *args: Any, port: int, no_demo: bool, **options: Any) -> None:
        if not EMBEDDED:
            raise CommandError(
                "DATABASE_URL is set: run `uvicorn --no-proxy-headers facesite.asgi:application` "
                "and `manage.py runworker`."
            )
        listener = _listener(port)
        # Before the log is led to its file: loading the application sets the logging up once more.
        from facesite.asgi import application

        with site_log.logged_to(site_log.PATH):
            try:
                self._run(application, listener, demo=not no_demo)
            except CommandError:
                raise
            except Exception as error:
                logger.exception("the site ended")
                raise CommandError(
                    f"The site ended: {str(error) or type(error).__name__}\n{site_log.PATH} says more."
                ) from error

    def _run(self, application: Any, listener: socket.socket, *, demo: bool) -> None:
        from facesite.embedded.site import serve

        self._say("Starting the database …")
        call_command("migrate", verbosity=0)
        if demo:
            seed.seed(self._say)
        told = _told(listener.getsockname()[1], demo=demo)
        try:
            asyncio.run(
                serve(
                    application,
                    listener,
                    started=lambda: self._say(self.style.SUCCESS(told)),
                    stopping=lambda: self._say("Stopping …"),
                )
            )
        finally:
            # A second Ctrl-C must not cut short the stopping of Postgres, which comes at the very end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _listener(port: int) -> socket.socket:
    """Raises CommandError in words when the port is taken."""
    from facesite.embedded.site import free_socket

    try:
        return free_socket(port)
    except OSError as error:
        raise CommandError(
            f"Port {port} cannot be used ({error.strerror}). Choose another: PORT=8001 make run"
        ) from error


def _told(port: int, *, demo: bool) -> str:
    """The last words before the console falls silent: where the site is, and how to get in."""
    lines = {"Address": f"http://127.0.0.1:{port}/"}
    if password := seed.password() if demo else None:
        lines |= {"User": seed.LOGIN, "Password": password}
    else:
        lines |= {"User": "your own"}
    lines["Log"] = str(site_log.PATH)
    if demo:
        lines["Pictures to try"] = str(seed.TO_TRY)
    table = "".join(f"  {name:<15}  {value}\n" for name, value in lines.items())
    return f"\n  The site is running.\n\n{table}\n  Ctrl-C stops everything.\n"
