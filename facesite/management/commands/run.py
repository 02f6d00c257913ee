"""`manage.py run`: everything in one process over an embedded Postgres, with the demo (`make run`) or without."""

import asyncio
import logging
import signal
import socket
from argparse import ArgumentParser
from contextlib import nullcontext
from typing import Any

from django.core.management import BaseCommand, CommandError, call_command

from facesite.embedded.first_administrator import first_administrator
from facesite.env import EMBEDDED
from facesite.monitoring import site_log

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run the whole site in one process: web server, recognition, enrolment, embedded database and the demo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS", help="0.0.0.0: not this machine alone")
        parser.add_argument("--no-demo", action="store_true", help="Start with an empty site and make no login.")
        parser.add_argument(
            "--administrator", metavar="NAME", help="Make this login if there is none, and tell it once."
        )
        parser.add_argument("--log-to-console", action="store_true", help="Write no file: a container's log is kept.")

    def handle(
        self,
        *args: Any,
        port: int,
        listen: str,
        no_demo: bool,
        administrator: str,
        log_to_console: bool,
        **options: Any,
    ) -> None:
        if not EMBEDDED:
            raise CommandError(
                "DATABASE_URL is set: run `uvicorn --no-proxy-headers facesite.asgi:application` "
                "and `manage.py runworker`."
            )
        listener = _listener(port, listen)
        # Before the log is led to its file: loading the application sets the logging up once more.
        from facesite.asgi import application

        log = "The log above" if log_to_console else str(site_log.PATH)
        with nullcontext() if log_to_console else site_log.logged_to(site_log.PATH):
            try:
                self._run(application, listener, log=log, demo=not no_demo, administrator=administrator)
            except CommandError:
                raise
            except Exception as error:
                logger.exception("the site ended")
                raise CommandError(f"The site ended: {str(error) or type(error).__name__}\n{log} says more.") from error

    def _run(self, application: Any, listener: socket.socket, *, log: str, demo: bool, administrator: str) -> None:
        from facesite.embedded.site import serve
        from streams.erasing import brought_back

        self._say("Starting the database …")
        if brought_back.is_noted():
            raise CommandError(brought_back.SAYS)
        call_command("migrate", verbosity=0)
        told = self._seeded(log) if demo else self._begun(administrator, log)
        words = _told(listener.getsockname()[1], told)
        try:
            asyncio.run(
                serve(
                    application,
                    listener,
                    started=lambda: self._say(self.style.SUCCESS(words)),
                    stopping=lambda: self._say("Stopping …"),
                )
            )
        finally:
            # A second Ctrl-C must not cut short the stopping of Postgres, which comes at the very end.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _seeded(self, log: str) -> dict[str, str]:
        """Makes the demo; returns how to get into it."""
        from facesite.lab.demo import seed

        seed.seed(self._say)
        login = {"User": seed.LOGIN, "Password": password} if (password := seed.password()) else {"User": "your own"}
        return {**login, "Log": log, "Pictures to try": str(seed.TO_TRY)}

    def _begun(self, administrator: str, log: str) -> dict[str, str]:
        """Makes the first login if one is wanted and there is none; returns how to get in, this one time."""
        if not administrator or not (password := first_administrator(administrator)):
            return {"User": "your own", "Log": log}
        once = "told this once: change it when you have logged in"
        return {"User": administrator, "Password": f"{password}  ({once})", "Log": log}

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _listener(port: int, address: str) -> socket.socket:
    """Raises CommandError in words when the port is taken."""
    from facesite.embedded.site import free_socket

    try:
        return free_socket(port, address)
    except OSError as error:
        raise CommandError(
            f"Port {port} cannot be used ({error.strerror}). Choose another: PORT=8001 make run"
        ) from error


def _told(port: int, told: dict[str, str]) -> str:
    """The last words before the console falls silent: where the site is, and how to get in."""
    lines = {"Address": f"http://127.0.0.1:{port}/", **told}
    table = "".join(f"  {name:<15}  {value}\n" for name, value in lines.items())
    return f"\n  The site is running.\n\n{table}\n  Ctrl-C stops everything.\n"
