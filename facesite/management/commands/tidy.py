"""`manage.py tidy`: what is to be done once a day (k8s/base/tidy.yaml)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from people.base.kept_answers import forget_answers
from people.base.left_behind import sweep_uploads
from people.records.folded_name import fill_in
from people.records.person import Person
from people.self_enrolling.forgetting import LINKS_KEPT, forget_links
from streams.access_requests.access_request import KEPT as ANSWERS_KEPT
from streams.access_requests.services import forget_answers as forget_access_requests
from streams.erasing.services import forget_erased_sightings
from streams.errors import KeepingRefused
from streams.keeping.clock import check_clock

# 7 days: no camera sees one face that long without losing it.
ERASED_SIGHTINGS_KEPT = timedelta(days=7)


class Command(BaseCommand):
    help = (
        "Keep the schedule of keeping (`forget`), which also anchors the audit; forget answers that were kept 24 hours "
        "for Idempotency-Key, answers to access requests (7 days), and enrolment links that led to nothing (30 days). "
        "Then delete stored objects "
        "without a row (`sweep_orphans`)."
    )

    def handle(self, **_: Any) -> None:
        try:
            check_clock(timezone.now())  # the rest goes by the clock as well
        except KeepingRefused as refused:
            raise CommandError(str(refused)) from None
        failure = self._forget()
        self.stdout.write(f"{fill_in(Person.objects)} names folded.")
        self.stdout.write(f"{forget_answers()} kept answers forgotten.")
        now = timezone.now()
        self.stdout.write(f"{forget_links(ended_before=now - LINKS_KEPT)} enrolment links that led to nothing deleted.")
        answers = forget_access_requests(finished_before=now - ANSWERS_KEPT)
        self.stdout.write(f"{answers} answers to access requests deleted.")
        forget_erased_sightings(before=now - ERASED_SIGHTINGS_KEPT)
        self.stdout.write(f"{sweep_uploads()} uploads that a killed process had put aside deleted.")
        call_command("sweep_orphans", stdout=self.stdout)
        if failure:
            raise failure

    def _forget(self) -> CommandError | None:
        """Returns what failed, so that the rest is done all the same before the command says so."""
        try:
            call_command("forget", stdout=self.stdout)
        except CommandError as error:
            return error
        return None
