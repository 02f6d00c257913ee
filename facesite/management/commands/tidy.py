"""`manage.py tidy`: what is to be done once a day (k8s/base/tidy.yaml)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from people.base.kept_answers import forget_answers
from people.imports.services import forget_imports
from people.records.folded_name import fill_in
from people.records.person import Person
from streams.cases.services import forget_cases
from streams.videos.services import forget_videos

# 30 days: reports name people, and who uploads a list looks at its report within days.
IMPORTS_KEPT = timedelta(days=30)


class Command(BaseCommand):
    help = (
        "Forget sightings and searches that are too old (`forget`), imports that ended 30 days ago, files of cases "
        "(CASES_KEEP_DAYS), videos (VIDEOS_KEEP_DAYS), and answers kept 24 hours for Idempotency-Key, then delete "
        "stored objects without a row (`sweep_orphans`)."
    )

    def handle(self, **_: Any) -> None:
        call_command("forget", stdout=self.stdout)
        forgotten = forget_imports(finished_before=timezone.now() - IMPORTS_KEPT)
        self.stdout.write(f"{forgotten} imports forgotten.")
        now, kept = timezone.now(), settings.SEARCHES_KEEP_DAYS
        cases = forget_cases(
            finished_before=now - timedelta(days=settings.CASES_KEEP_DAYS),
            rows_before=now - timedelta(days=max(kept, settings.CASES_KEEP_DAYS)) if kept else None,
        )
        self.stdout.write(f"{cases} files of cases deleted.")
        videos = forget_videos(finished_before=now - timedelta(days=settings.VIDEOS_KEEP_DAYS))
        self.stdout.write(f"{videos} videos forgotten.")
        self.stdout.write(f"{fill_in(Person.objects)} names folded.")
        self.stdout.write(f"{forget_answers()} kept answers forgotten.")
        call_command("sweep_orphans", stdout=self.stdout)
