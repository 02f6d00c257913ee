"""An import from its upload to its end, also when things go wrong on the way."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from people.accounts.api_key import KeyUser
from people.accounts.making_keys import make_key, revoke_key
from people.editing import services as people_services
from people.editing.merging import merge_people
from people.editing.person_services import save_person
from people.errors import BadArchive, ClaimLost, TooManyImports, WrongState
from people.imports import claims, importer
from people.imports import services as import_services
from people.imports.archives import candidates_in_zip
from people.imports.claims import claim_import, record_entry
from people.imports.importer import Importer
from people.imports.jobs import ImportEntry, ImportJob
from people.imports.people import people_of, with_held_photos
from people.imports.progress import PhotoCounts, Progress
from people.imports.report import report_csv
from people.imports.services import cancel_import, start_import
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from tests.people.imports.conftest import work, zip_of

pytestmark = pytest.mark.django_db(transaction=True)
Start = Callable[..., ImportJob]


def stored(media: Path, folder: str) -> list[str]:
    return sorted(path.name for path in (media / folder).glob("*"))


def due_now(job: ImportJob) -> None:
    """As if the claim or the wait had ended."""
    ImportJob.objects.filter(pk=job.pk).update(due_at=Now())


def test_people_and_photos_come_out_of_a_zip(start: Start, media: Path, operator: User) -> None:
    ada = Person.objects.create(name="Ada")
    job = start("Ada/1.jpg", "Ada/2.jpg", "Grace.jpg", "Ada/notes.txt", "../x.jpg")
    assert (job.state, job.entries_total, job.created_by) == ("waiting", 5, operator)
    assert not Photo.objects.exists()
    work()
    job.refresh_from_db()
    assert (job.state, job.entries_seen, job.people_made, job.people_found) == ("done", 5, 1, 1)
    assert (job.photos_added, job.photos_known, job.refused) == (3, 0, 2)
    assert ada.photos.count() == 2
    statuses = list(job.entries.order_by("number").values_list("status", flat=True))
    assert statuses == ["queued", "queued", "queued", "not_an_image", "bad_path"]


def test_the_zip_lies_under_a_random_name_and_is_deleted_at_the_end(start: Start, media: Path) -> None:
    job = start("Ada/1.jpg")
    assert stored(media, "imports") == [job.file.name.removeprefix("imports/")]
    assert "people" not in job.file.name
    work()
    assert stored(media, "imports") == []
    job.refresh_from_db()
    assert job.file.name == ""


def test_a_worker_that_takes_over_reads_the_names_alike(media: Path, operator: User) -> None:
    file = zip_of("Firma/ada.jpg", "Firma/bob.jpg")
    job = start_import(file=file, name="a.zip", by=operator, layout="files")
    first = claim_import("first")
    assert first
    with first.job.file.open("rb") as archive:
        candidates = candidates_in_zip(archive, layout=first.job.layout, encoding=first.job.encoding)
        record_entry(first, 0, candidates[0], by=None)
    due_now(job)
    work()
    assert set(Person.objects.values_list("name", flat=True)) == {"ada", "bob"}


def test_an_import_of_an_older_release_that_is_in_doubt_fails_and_enrols_nobody(media: Path, operator: User) -> None:
    job = start_import(file=zip_of("Firma/ada.jpg", "Firma/bob.jpg"), name="a.zip", by=operator, layout="folders")
    ImportJob.objects.filter(pk=job.pk).update(layout="")
    work()
    job.refresh_from_db()
    assert job.state == "failed" and job.reason.startswith("Who are the people?")
    assert not Person.objects.exists()


def test_the_same_zip_again_adds_nothing(start: Start) -> None:
    start("Ada/1.jpg", "Grace.jpg")
    work()
    again = start("Ada/1.jpg", "Grace.jpg")
    work()
    again.refresh_from_db()
    assert (again.photos_added, again.photos_known, again.people_made, again.people_found) == (0, 2, 0, 2)
    assert (Person.objects.count(), Photo.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (BytesIO(b""), "not a ZIP"),
        (BytesIO(b"no zip at all"), "not a ZIP"),
        (zip_of(), "no files"),
        (zip_of(".DS_Store"), "no files"),
        (zip_of("Ada/1.jpg", data=bytes(5_000_000), method=zipfile.ZIP_DEFLATED), "more tightly"),
        (zip_of("../1.jpg"), "names a person"),
    ],
)
def test_what_cannot_be_imported_is_refused_before_it_is_kept(media: Path, file: BytesIO, words: str) -> None:
    with pytest.raises(BadArchive, match=words):
        start_import(file=file, name="x.zip", by=None)
    assert not ImportJob.objects.exists() and stored(media, "imports") == []


def test_a_zip_that_unpacks_to_too_much_is_refused(media: Path, settings: Any) -> None:
    file = zip_of("Ada/1.jpg", "Ada/2.jpg", data=bytes(range(256)) * 2000, method=zipfile.ZIP_DEFLATED)
    settings.ZIP_MAX_BYTES = 1_000_000
    with pytest.raises(BadArchive, match="unpacks to more than 1 MB"):
        start_import(file=file, name="x.zip", by=None)


def test_no_more_imports_wait_than_may(start: Start, monkeypatch: pytest.MonkeyPatch, media: Path) -> None:
    monkeypatch.setattr(import_services, "MOST_UNFINISHED", 1)
    start("Ada/1.jpg")
    with pytest.raises(TooManyImports):
        start("Grace/1.jpg")
    assert len(stored(media, "imports")) == 1


def test_an_import_has_one_worker_at_a_time(start: Start) -> None:
    start("Ada/1.jpg")
    assert claim_import("one") is not None
    assert claim_import("two") is None


def test_a_worker_that_fell_silent_loses_and_doubles_nothing(start: Start) -> None:
    job = start("Ada/1.jpg", "Ada/2.jpg", "Grace.jpg")
    silent = claim_import("silent")
    assert silent
    with silent.job.file.open("rb") as file:
        candidates = candidates_in_zip(file)
        record_entry(silent, 0, candidates[0], by=None)
        due_now(job)
        work()
        with pytest.raises(ClaimLost):
            record_entry(silent, 1, candidates[1], by=None)
    job.refresh_from_db()
    assert (job.state, job.photos_added, job.people_made, job.refused) == ("done", 3, 2, 0)
    assert Photo.objects.count() == job.entries.count() == 3


def test_a_file_that_could_not_be_written_down_leaves_no_object(start: Start, media: Path) -> None:
    job = start("Ada/1.jpg")
    claim = claim_import("late")
    assert claim
    with claim.job.file.open("rb") as file:
        candidates = candidates_in_zip(file)
        cancel_import(job=job, by=None)
        with pytest.raises(ClaimLost):
            record_entry(claim, 0, candidates[0], by=None)
    assert stored(media, "photos") == [] and not Person.objects.exists()


def test_a_cancelled_import_keeps_what_it_has_added_and_ends(
    start: Start, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start("Ada/1.jpg", "Ada/2.jpg")

    def and_cancel(claim: Any, number: int, candidate: Any, *, by: Any) -> None:
        record_entry(claim, number, candidate, by=by)
        cancel_import(job=job, by=None)

    monkeypatch.setattr(importer, "record_entry", and_cancel)
    work()
    job.refresh_from_db()
    assert (job.state, job.entries_seen, job.photos_added) == ("cancelled", 1, 1)
    assert stored(media, "imports") == [] and job.is_finished
    with pytest.raises(WrongState, match="cancelled"):
        cancel_import(job=job, by=None)


def test_a_worker_that_stops_gives_the_import_back_at_once(start: Start) -> None:
    job = start("Ada/1.jpg")

    async def stopped() -> None:
        stop = asyncio.Event()
        stop.set()
        await Importer().import_next(stop)

    asyncio.run(stopped())
    job.refresh_from_db()
    assert (job.state, job.attempts, job.claimed_by) == ("waiting", 0, "")
    assert ImportJob.objects.due().exists()


def test_a_storage_that_is_away_is_tried_again_later_and_not_for_ever(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "ATTEMPTS", 3)
    job = start("Ada/1.jpg")

    def away(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(people_services.Photo, "save", away)
    waits = []
    for _ in range(3):
        work()
        job.refresh_from_db()
        waits.append(round((job.due_at - timezone.now()).total_seconds()))
        assert not ImportEntry.objects.exists()
        due_now(job)
    assert waits[0] < waits[1]
    assert (job.state, job.reason) == ("failed", "The import could not go on: its worker failed 3 times at file 1.")


def test_an_import_whose_workers_all_die_ends(start: Start, media: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "ATTEMPTS", 2)
    job = start("Ada/1.jpg")
    for _ in range(2):
        assert claim_import("dies")
        due_now(job)
    assert claim_import("next") is None
    job.refresh_from_db()
    assert job.state == "failed" and "2 times at file 1" in job.reason
    assert stored(media, "imports") == []


def test_a_database_that_is_away_ends_nothing(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    job = start("Ada/1.jpg")

    def gone(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as broken:
        broken.setattr(importer, "record_entry", gone)
        with pytest.raises(OperationalError):
            work()
    due_now(job)
    work()
    job.refresh_from_db()
    assert job.state == "done"


def test_an_import_whose_zip_is_gone_says_so(start: Start, media: Path) -> None:
    job = start("Ada/1.jpg")
    (media / job.file.name).unlink()
    work()
    job.refresh_from_db()
    assert (job.state, job.reason) == ("failed", "The stored ZIP file is gone. Upload it again.")


def test_an_import_of_somebody_who_lost_the_right_adds_nothing(start: Start, operator: User) -> None:
    job = start("Ada/1.jpg")
    User.objects.filter(pk=operator.pk).update(is_active=False)
    work()
    job.refresh_from_db()
    assert job.state == "failed" and "may not import" in job.reason
    assert not Person.objects.exists()


def test_an_import_of_somebody_who_was_deleted_is_not_gone_on_with_by_the_system(start: Start, operator: User) -> None:
    """Nothing limits the system: it would give photos to people whom the uploader never saw."""
    hidden = Person.objects.create(name="Ada")
    job = start("Ada/1.jpg")
    operator.delete()
    work()
    job.refresh_from_db()
    assert job.state == "failed" and "may not import" in job.reason
    assert not hidden.photos.exists()


def test_rights_and_limits_hold_from_the_next_file_on(
    media: Path, operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five thousand photos take minutes."""
    hidden = Person.objects.create(name="Grace")
    key, _ = make_key(name="HR", scopes=["write_people"], by=operator)
    job = start_import(file=zip_of("Ada.jpg", "Grace.jpg", "Tim.jpg"), name="a.zip", by=KeyUser.of(key))

    def meanwhile(claim: Any, number: int, candidate: Any, *, by: Any) -> None:
        record_entry(claim, number, candidate, by=by)
        if number == 0:
            PersonLimit.objects.create(group=PersonGroup.objects.create(name="Staff"), key=key)
        if number == 1:
            revoke_key(key=key, by=operator)

    monkeypatch.setattr(importer, "record_entry", meanwhile)
    work()
    job.refresh_from_db()
    assert not hidden.photos.exists()
    assert (job.state, job.entries_seen) == ("failed", 2) and "does not work any more" in job.reason


@pytest.mark.parametrize("change", ["renamed", "merged"])
def test_who_is_renamed_or_merged_during_an_import_gets_the_rest_of_their_photos(
    start: Start, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Somebody corrects a name on the page of the import while it goes on."""
    lovelace = Person.objects.create(name="Ada Lovelace") if change == "merged" else None
    job = start("Ada/1.jpg", "Ada/2.jpg", "Grace/1.jpg", "Ada/3.jpg")

    def meanwhile(claim: Any, number: int, candidate: Any, *, by: Any) -> None:
        record_entry(claim, number, candidate, by=by)
        if number == 0:
            ada = Person.objects.get(name="Ada")
            if lovelace:
                merge_people(keep=lovelace, merge=ada, by=None)
            else:
                ada.name = "Ada Lovelace"
                save_person(person=ada, by=None)

    monkeypatch.setattr(importer, "record_entry", meanwhile)
    work()
    job.refresh_from_db()
    counts = {person.name: person.photos.count() for person in Person.objects.all()}
    assert counts == {"Ada Lovelace": 3, "Grace": 1}
    assert (job.state, job.people_made, job.people_found) == ("done", 2, 0)


def test_an_import_cancelled_the_moment_it_is_claimed_costs_no_worker(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start("Ada/1.jpg")

    @contextmanager
    def then_cancelled() -> Iterator[None]:
        with transaction.atomic():
            yield
        cancel_import(job=job, by=None)

    monkeypatch.setattr(claims, "transaction", SimpleNamespace(atomic=then_cancelled))
    assert claim_import("w") is None


def test_a_deleted_import_that_breaks_off_costs_no_worker(start: Start) -> None:
    start("Ada/1.jpg")
    claim = claim_import("w")
    assert claim
    ImportJob.objects.all().delete()
    with pytest.raises(ClaimLost):
        claims.fail_attempt(claim)


def test_an_import_of_a_key_that_was_revoked_adds_nothing(media: Path, operator: User) -> None:
    key, _ = make_key(name="HR", scopes=["write_people"], by=operator)
    job = start_import(file=zip_of("Ada.jpg"), name="a.zip", by=KeyUser.of(key))
    revoke_key(key=key, by=operator)
    work()
    job.refresh_from_db()
    assert job.state == "failed" and "does not work any more" in job.reason
    assert not Person.objects.exists()


def test_the_limits_of_a_key_hold_for_its_imports_too(media: Path, operator: User, start: Start) -> None:
    """The worker adds as the key would: the owner, a superuser, sees everybody."""
    hidden = Person.objects.create(name="Ada")
    staff = PersonGroup.objects.create(name="Staff")
    key, _ = make_key(name="HR", scopes=["write_people"], by=operator)
    PersonLimit.objects.create(group=staff, key=key)
    by_hand = start("Bob.jpg")
    job = start_import(file=zip_of("Ada.jpg"), name="a.zip", by=KeyUser.of(key))
    work()
    job.refresh_from_db()
    assert (job.people_made, job.people_found) == (1, 0) and not hidden.photos.exists()
    assert [person.name for person in staff.people.all()] == ["Ada"]
    assert list(ImportJob.objects.visible_to(KeyUser.of(key))) == [job]
    assert set(ImportJob.objects.visible_to(operator)) == {job, by_hand}


def test_whoever_went_out_of_sight_is_not_told_of_by_an_old_import(viewer: User, start: Start) -> None:
    """As if they had been deleted: their lines, their photos and their numbers are gone."""
    job = start("Ada/1.jpg", "Grace/1.jpg", "notes.txt")
    work()
    staff = PersonGroup.objects.create(name="Staff")
    staff.people.add(Person.objects.get(name="Ada"))
    PersonLimit.objects.create(group=staff, user=viewer)
    assert [row["name"] for row in people_of(job, viewer)] == ["Ada"]
    assert PhotoCounts.of(job, viewer).total == 1
    report = report_csv(job, viewer)
    assert "Ada" in report and "notes" in report and "Grace" not in report


def test_progress_says_what_has_become_of_the_photos(start: Start) -> None:
    job = start("Ada/1.jpg", "Ada/2.jpg", "Grace/1.jpg", "Grace/2.jpg")
    assert Progress.of(job, None).summary == "0 of 4 files read, 0 photos enrolled so far."
    work()
    job.refresh_from_db()
    assert not Progress.of(job, None).is_over  # its photos wait
    states = ["enrolled", "review", "rejected", "enrolled"]
    for entry, state in zip(job.entries.order_by("number"), states, strict=True):
        Photo.objects.filter(pk=entry.photo_id).update(state=state, reason="" if state == "enrolled" else "blurred")
    progress = Progress.of(job, None)
    assert progress.photos == PhotoCounts(waiting=0, enrolled=2, to_decide=1, rejected=1)
    assert progress.is_over
    assert progress.summary == "4 of 4 files read, 2 photos enrolled; 2 need your attention."


def test_people_who_need_somebody_come_first_with_their_photos(start: Start) -> None:
    job = start("Ada/1.jpg", "Grace/1.jpg", "Grace/2.jpg")
    work()
    Photo.objects.update(state="enrolled")
    Photo.objects.filter(original_name="2.jpg").update(state="rejected", reason="no_face")
    first, second = with_held_photos(job, people_of(job, None), None)
    assert (first.name, second.name) == ("Grace", "Ada")
    assert first.photos == PhotoCounts(waiting=0, enrolled=1, to_decide=0, rejected=1)
    assert [photo.reason for photo in first.held] == ["no_face"] and second.held == ()


def test_the_report_has_a_line_for_each_file_and_nothing_a_spreadsheet_runs(start: Start) -> None:
    job = start("=cmd()/1.jpg", "Ada/notes.txt")
    work()
    Photo.objects.update(state="rejected", reason="no_face")
    header, bad, notes = report_csv(job, None).splitlines()
    assert header.startswith("file,person,")
    assert bad.startswith("'=cmd()/1.jpg,'=cmd(),") and "No face was found." in bad
    assert "not_an_image" in notes


def test_lines_of_deleted_people_go_with_them(start: Start) -> None:
    job = start("Ada/1.jpg", "Grace/1.jpg")
    work()
    people_services.delete_people(people=Person.objects.filter(name="Ada"), by=None)
    assert "Ada" not in report_csv(job, None) and "Grace" in report_csv(job, None)


def test_imports_are_seen_by_whoever_may_import(start: Start, operator: User, viewer: User, stranger: User) -> None:
    start("Ada/1.jpg")
    seen = [ImportJob.objects.visible_to(user).count() for user in (operator, viewer, stranger)]
    assert seen == [1, 0, 0]


def test_tidy_forgets_old_imports_and_sweeps_their_objects(start: Start, media: Path) -> None:
    old, young, waiting = start("Ada/1.jpg"), start("Ada/1.jpg"), start("Ada/1.jpg")
    for job in (old, young):
        cancel_import(job=job, by=None)
    ImportJob.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=31))
    out = StringIO()
    call_command("tidy", stdout=out)
    assert "Reports of imports: 1 deleted." in out.getvalue()
    assert set(ImportJob.objects.all()) == {young, waiting}
    assert (media / waiting.file.name).exists()


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("import_has_its_file_until_it_ends", {"file": ""}),
        ("import_ends_with_a_time", {"state": "done"}),
        ("import_ends_with_a_time", {"finished_at": timezone.now()}),
        ("import_failed_says_why", {"state": "failed", "finished_at": timezone.now()}),
        ("import_sees_no_more_than_there_is", {"entries_seen": 2}),
    ],
)
def test_the_database_holds_what_the_code_promises(start: Start, name: str, values: dict[str, Any]) -> None:
    job = start("Ada/1.jpg")
    with pytest.raises(IntegrityError, match=name):
        ImportJob.objects.filter(pk=job.pk).update(**values)


def test_a_file_has_one_line(start: Start) -> None:
    job = start("Ada/1.jpg")
    ImportEntry.objects.create(job=job, number=0, path="a", status="queued")
    with pytest.raises(IntegrityError, match="import_entry_once"):
        ImportEntry.objects.create(job=job, number=0, path="a", status="queued")
