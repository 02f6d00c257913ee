"""`manage.py forget`: delete sightings, snapshots, encodings, searches and alerts that are too old; for a daily job."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from streams.alerting.retention import forget_alerts, forget_quiet
from streams.channels.retention import forget_deliveries
from streams.sightings.retention import forget_encodings, forget_searches, forget_sightings
from streams.strangers.retention import forget_strangers


class Command(BaseCommand):
    help = (
        "Delete sightings last seen more than SIGHTINGS_KEEP_DAYS ago, with their snapshots (0 days: keep for ever), "
        "the encodings of those last seen more than SIGHTING_ENCODINGS_KEEP_DAYS ago (0 days: keep none), and the "
        "searches by a face of more than SEARCHES_KEEP_DAYS and alerts of more than ALERTS_KEEP_DAYS ago (0 days: keep "
        "for ever)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--older-than",
            type=int,
            metavar="DAYS",
            default=settings.SIGHTINGS_KEEP_DAYS,
            help="delete sightings older than this, instead of by the setting",
        )

    def handle(self, *, older_than: int, **_: Any) -> None:
        if older_than < 0:
            raise CommandError("--older-than: expected a number of days")
        days = settings.SIGHTING_ENCODINGS_KEEP_DAYS
        encodings = forget_encodings(seen_before=timezone.now() - timedelta(days=days))
        self.stdout.write(f"{encodings} encodings of sightings deleted.")
        if kept := settings.SEARCHES_KEEP_DAYS:
            searches = forget_searches(made_before=timezone.now() - timedelta(days=kept))
            self.stdout.write(f"{searches} searches forgotten.")
        if kept := settings.ALERTS_KEEP_DAYS:
            alerts = forget_alerts(raised_before=timezone.now() - timedelta(days=kept))
            forget_deliveries(made_before=timezone.now() - timedelta(days=kept))
            self.stdout.write(f"{alerts} alerts forgotten.")
        forget_quiet()
        if older_than == 0:
            self.stdout.write("SIGHTINGS_KEEP_DAYS is 0: every sighting is kept.")
            self._forget_strangers()
            return
        sightings, pictures = forget_sightings(seen_before=timezone.now() - timedelta(days=older_than))
        self.stdout.write(f"{sightings} sightings and {pictures} pictures deleted.")
        self._forget_strangers()

    def _forget_strangers(self) -> None:
        means, strangers = forget_strangers()
        self.stdout.write(f"{means} encodings of strangers and {strangers} strangers without sightings deleted.")
