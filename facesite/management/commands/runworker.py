"""The worker as a process of its own: Channels' command with our worker, which also does the jobs."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from channels import DEFAULT_CHANNEL_LAYER
from channels.management.commands.runworker import Command as ChannelsCommand
from django.core.management import CommandError

from facesite.worker.jobs import JOBS
from facesite.worker.worker import LifecycleWorker, WorkerFailed
from streams.erasing import brought_back


class Command(ChannelsCommand):  # type: ignore[misc]
    help = "Recognise on cameras, enrol photos, import ZIPs, until SIGTERM. Ends with 1 when a part of it has failed."
    worker_class = LifecycleWorker

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--layer", default=DEFAULT_CHANNEL_LAYER, help="Channel layer alias.")
        parser.add_argument("channels", nargs="*", help=f"What to do: {', '.join(JOBS)}; by default all of it.")

    def handle(self, *args: Any, **options: Any) -> None:
        if brought_back.is_noted():
            raise CommandError(brought_back.SAYS)
        options["channels"] = options["channels"] or list(JOBS)
        try:
            super().handle(*args, **options)
        except (WorkerFailed, ValueError) as error:
            raise CommandError(str(error)) from error
