"""A worker that is really killed in the middle of an import."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count
from django.db.models.functions import Now

from people.imports.jobs import ImportJob
from people.imports.services import start_import
from people.records.person import Person
from people.records.photo import Photo
from tests.people.imports.conftest import zip_of

pytestmark = [pytest.mark.integration, pytest.mark.django_db(transaction=True)]
PEOPLE, PHOTOS = 60, 5


@contextmanager
def worker(media: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.people.imports.worker", str(connection.settings_dict["NAME"]), str(media)]
    with log.open("ab") as written:
        process = subprocess.Popen(
            command, cwd=settings.ROOT, env=dict(os.environ), stdout=written, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def wait_until(job: ImportJob, seen: int, log: Path, state: str = "") -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        job.refresh_from_db()
        if job.entries_seen >= seen and state in ("", job.state):
            return
        time.sleep(0.01)
    raise AssertionError(f"{job.state} {job.entries_seen}: {log.read_text()[-3000:]}")


def test_the_next_worker_goes_on_and_nothing_is_lost_or_doubled(media: Path, tmp_path: Path, operator: User) -> None:
    log = tmp_path / "worker.log"
    paths = [f"Person {person:02}/{photo}.jpg" for person in range(PEOPLE) for photo in range(PHOTOS)]
    job = start_import(file=zip_of(*paths), name="people.zip", by=operator)
    with worker(media, log) as first:
        wait_until(job, 20, log)
        first.kill()  # SIGKILL: it can do nothing about it
        first.wait(10)
    job.refresh_from_db()
    killed_at = job.entries_seen
    assert job.state == "working" and 20 <= killed_at < len(paths)
    assert job.entries.count() == Photo.objects.count() == killed_at
    ImportJob.objects.filter(pk=job.pk).update(due_at=Now())  # as if its claim of a minute had ended
    with worker(media, log):
        wait_until(job, len(paths), log, "done")
    assert (job.photos_added, job.people_made, job.photos_known, job.refused) == (len(paths), PEOPLE, 0, 0)
    assert sorted(job.entries.values_list("number", flat=True)) == list(range(len(paths)))
    assert {person.number for person in Person.objects.annotate(number=Count("photos"))} == {PHOTOS}
    rows, objects = Photo.objects.count(), len(list((media / "photos").iterdir()))
    assert rows == len(paths) and objects - rows in (0, 1)  # the one that was being stored; `tidy` sweeps it
