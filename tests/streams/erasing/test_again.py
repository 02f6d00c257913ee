"""Somebody who was erased comes back by no way: not with a backup, a merge's undo, a correction's undo or an engine."""

from __future__ import annotations

import io
import shutil
import threading
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core import serializers
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from google.api_core.exceptions import Forbidden
from rest_framework.test import APIClient

from people.audit.entry import PendingEntry
from people.base.history import log_deleted
from people.base.kept_answers import KeptAnswer
from people.editing.merging import merge_people
from people.editing.never_matching import allow_matching
from people.errors import WrongState
from people.gallery.engine_choice import EngineChoice
from people.imports.jobs import ImportEntry, ImportJob
from people.imports.services import start_import
from people.records.encoding import Encoding
from people.records.merged import MergedPerson
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.photo import Photo
from streams.access_requests.access_request import AccessRequest
from streams.access_requests.services import ask_for_everything
from streams.cases.case import Case
from streams.correcting.corrections import correct
from streams.correcting.undoing import undo
from streams.correcting.working import work_until_done
from streams.erasing import erasing
from streams.erasing.again import erase_again, gather
from streams.erasing.erasure import ErasedPart, Erasure, ErasureCertificate
from streams.erasing.record import leave_gallery
from streams.erasing.searching import search
from streams.erasing.services import erase_person
from streams.erasing.work import ErasureWork
from streams.errors import CannotUndo
from streams.jobs.claims import claim_next
from streams.records.camera import Camera
from streams.records.identity_edit import IdentityEdit
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.stranger import Stranger
from tests.streams.correcting.conftest import is_
from tests.streams.erasing.conftest import Erase, Known, certificate_of, files, texts_with, work
from tests.streams.pages.rows import NOON, a_detection, a_sighting

pytestmark = pytest.mark.django_db
OF_THE_SITE = {
    "streams.erasurecertificate",
    "streams.erasure",
    "people.auditentry",
    "people.pendingentry",
    "people.audithead",
}


class Backup:
    """What the site had, and a way to have it back: rows that are gone come back as they were, and all files."""

    def __init__(self, media: Path, beside: Path) -> None:
        self._media, self._beside = media, beside / "backup"
        shutil.copytree(media, self._beside)
        models = [model for model in apps.get_models() if model._meta.managed and not model._meta.proxy]
        kept = [model for model in models if model._meta.label_lower not in OF_THE_SITE]
        rows = [row for model in kept for row in model._base_manager.all()]
        self._rows = serializers.serialize("json", rows)

    def restore(self) -> None:
        KeptAnswer.objects.all().delete()  # what stands in place of one that was erased is not in the backup
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")  # as a restore does: no trigger, no foreign key
            for row in serializers.deserialize("json", self._rows):
                row.save()
            cursor.execute("SET session_replication_role = origin")
        shutil.copytree(self._beside, self._media, dirs_exist_ok=True)


@pytest.fixture
def backup(known: Known, media: Path, tmp_path: Path) -> Backup:
    return Backup(media, tmp_path)


def test_a_restored_backup_erases_again_by_the_certificates_in_the_storage(
    known: Known, backup: Backup, erase: Erase, media: Path
) -> None:
    first = erase(known.ada)
    backup.restore()
    assert Person.objects.filter(pk=known.ada.pk).exists() and Encoding.objects.filter(photo__person=known.ada).exists()
    again = erase_again(gather([]))
    assert (again.people, again.left) == (1, [])
    assert texts_with("lovelace") == []
    assert not Sighting.objects.filter(pk=known.sighting.pk).exists()
    assert {name.partition("/")[0] for name in files(media)} == {"photos", "crops", "snapshots", "erasures"}
    assert ErasureCertificate.objects.count() == 2
    assert Photo.objects.filter(person=known.bob).exists()
    assert first.reference in Erasure.objects.exclude(pk=first.pk).get().request


def test_certificates_that_the_database_and_storage_lost_are_given_in_a_folder(
    known: Known, backup: Backup, erase: Erase, media: Path, tmp_path: Path
) -> None:
    certificate = certificate_of(erase(known.ada))
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "one.json").write_text(certificate.text())
    backup.restore()
    shutil.rmtree(media / "erasures")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE streams_erasurecertificate")
    call_command("erase_again", certificates=[folder])
    assert not Person.objects.filter(pk=known.ada.pk).exists()
    assert list(search([certificate])) == []
    assert ErasureCertificate.objects.filter(reference=certificate.reference).exists()
    assert (media / "erasures" / f"{certificate.reference}.json").exists()


@pytest.fixture
def locked(settings: Any, media: Path, tmp_path: Path) -> Path:
    """The bucket of the audit's anchors, as a folder."""
    settings.AUDIT_BUCKET = "locked"
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "locked"}}
    settings.STORAGES = {**settings.STORAGES, "anchors": folder}
    return tmp_path / "locked"


def lose_certificates(media: Path) -> None:
    shutil.rmtree(media / "erasures")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE streams_erasurecertificate")


def test_certificates_beside_the_anchors_are_found_when_the_storage_was_lost(
    known: Known, backup: Backup, erase: Erase, media: Path, locked: Path
) -> None:
    erase(known.ada)
    backup.restore()
    lose_certificates(media)
    assert erase_again(gather([])).people == 1
    assert not Person.objects.filter(pk=known.ada.pk).exists()


def test_a_bucket_that_the_site_may_only_write_to_is_said(
    known: Known, erase: Erase, media: Path, locked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase(known.ada)
    opened = FileSystemStorage.open

    def forbidden(storage: FileSystemStorage, name: str, mode: str = "rb") -> Any:
        if str(storage.location) == str(locked):
            raise Forbidden("storage.objects.get is needed")
        return opened(storage, name, mode)

    monkeypatch.setattr(FileSystemStorage, "open", forbidden)
    said: list[str] = []
    assert len(gather([], said.append)) == 1
    assert len(said) == 1 and "--certificates" in said[0] and "locked" in said[0]


def test_what_was_not_theirs_when_the_backup_was_made_is_erased_again_too(
    known: Known, erase: Erase, camera: Camera, media: Path, tmp_path: Path
) -> None:
    """A sighting that somebody named only after the backup: there it is an unknown face."""
    unknown = a_sighting(camera)
    a_detection(unknown)
    backup = Backup(media, tmp_path)
    Sighting.objects.filter(pk=unknown.pk).update(person=known.ada, verdict="match")
    erase(known.ada)
    backup.restore()
    again = erase_again(gather([]))
    assert again.left == [] and not Sighting.objects.filter(pk=unknown.pk).exists()


def test_erasing_again_twice_changes_nothing(known: Known, backup: Backup, erase: Erase) -> None:
    erase(known.ada)
    backup.restore()
    erase_again(gather([]))
    again = erase_again(gather([]))
    assert (again.people, again.others, again.left) == (0, 0, [])


def test_a_forged_certificate_erases_nobody(known: Known, erase: Erase, tmp_path: Path) -> None:
    text = certificate_of(erase(known.ada)).text()
    (tmp_path / "forged.json").write_text(text.replace("letter of", "mail of"))
    with pytest.raises(CommandError, match=r"forged\.json: The certificate was changed"):
        call_command("erase_again", certificates=[tmp_path / "forged.json"])


def test_an_erasure_that_waits_in_the_backup_is_done_by_its_certificate(
    known: Known, officer: User, media: Path, tmp_path: Path
) -> None:
    erasure = erase_person(person=known.ada, by=officer, request="letter")
    waiting = Erasure.objects.filter(pk=erasure.pk).values().get()
    assert work()
    Erasure.objects.filter(pk=erasure.pk).update(
        **{name: waiting[name] for name in ("state", "person_id", "finished_at")}
    )
    erase_again(gather([]))
    erasure.refresh_from_db()
    assert (erasure.state, erasure.person_id) == ("done", None)
    assert not work()


def test_an_erasure_that_had_deleted_the_person_when_the_backup_was_made_is_brought_to_its_end(
    known: Known, officer: User
) -> None:
    """The audit says there whom it has deleted, and the certificate leads to no row of theirs any more."""
    erasure = erase_person(person=known.ada, by=officer, request="letter")
    key = str(known.ada.pk)
    assert work()
    PendingEntry.objects.create(
        who="worker",
        action="deleted",
        kind="person",
        about=[f"person:{key}"],
        detail={"before": {"name": "Ada Lovelace"}},
    )
    log_deleted([Person(pk=key, name="Ada Lovelace")], by=officer)
    Erasure.objects.filter(pk=erasure.pk).update(state="working", person_id=key, ids=[key], finished_at=None)
    ErasedPart.objects.create(erasure=erasure, kind="object:photos", number=1, traces=b"", waiting=["photos/gone.jpg"])
    erase_again(gather([]))
    assert texts_with("lovelace") == []
    erasure.refresh_from_db()
    assert (erasure.state, erasure.ids) == ("done", []) and not ErasedPart.objects.exists()


def test_the_undo_of_a_merge_brings_nobody_back(known: Known, erase: Erase) -> None:
    """Who was merged into them is erased with them."""
    old = Person.objects.create(name="Augusta King")
    key = old.pk
    merge_people(keep=known.ada, merge=old, by=None)
    edit = IdentityEdit.objects.get(kind="merge_people")
    erase(known.ada)
    with pytest.raises(CannotUndo):
        undo(edit=edit, by=None, page="/edits/")
    assert not Person.objects.filter(pk=key).exists() and not MergedPerson.objects.exists()
    assert not PersonMerge.objects.exists()
    assert texts_with("augusta") == [] and texts_with("lovelace") == []


def test_a_merge_that_was_undone_keeps_nothing_of_who_was_merged(known: Known, erase: Erase) -> None:
    key = known.ada.pk
    merge_people(keep=known.bob, merge=known.ada, by=None)
    undo(edit=IdentityEdit.objects.get(kind="merge_people"), by=None, page="/edits/")
    erase(Person.objects.get(pk=key))
    assert not PersonMerge.objects.exists()
    assert texts_with("lovelace") == []


def test_nobody_is_erased_who_is_being_merged(known: Known, officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Afterwards everything is somebody else's: an erasure that had waited would find nothing, and certify that."""
    _merge_slowly(monkeypatch, keep=known.bob, merge=known.ada)
    for person in (known.ada, known.bob):
        with pytest.raises(WrongState, match="being merged"):
            erase_person(person=person, by=officer, request="letter")
    assert not Erasure.objects.exists()


def test_whoever_is_being_erased_is_neither_merged_nor_separated_nor_recognised_again(
    known: Known, officer: User
) -> None:
    old = Person.objects.create(name="Augusta King")
    other = Person.objects.create(name="Grace Hopper", never_match_at=timezone.now())
    merge_people(keep=known.ada, merge=old, by=None)
    erase_person(person=known.ada, by=officer, request="letter")
    _leave_gallery()
    for keep, merge in ((other, known.ada), (known.ada, other)):
        with pytest.raises(WrongState, match="erase"):
            merge_people(keep=keep, merge=merge, by=None)
    with pytest.raises(CannotUndo, match="erase"):
        undo(edit=IdentityEdit.objects.get(kind="merge_people"), by=None, page="/edits/")
    with pytest.raises(WrongState, match="erase"):
        allow_matching(person=known.ada, by=None)
    assert work() and texts_with("augusta") == [] and Person.objects.filter(pk=other.pk).exists()


def test_an_erasure_is_not_certified_for_somebody_who_was_merged_before(known: Known, officer: User) -> None:
    """An earlier release let merges go on beside erasures."""
    erasure = erase_person(person=known.ada, by=officer, request="letter")
    Erasure.objects.update(state="done", finished_at=timezone.now(), person_id=None)
    merge_people(keep=known.bob, merge=known.ada, by=None)
    Erasure.objects.update(state="waiting", finished_at=None, person_id=known.ada.pk)
    assert work()
    erasure.refresh_from_db()
    assert erasure.state == "waiting" and "Undo the merge" in erasure.problem
    undo(edit=IdentityEdit.objects.get(kind="merge_people"), by=None, page="/edits/")
    Erasure.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert work() and texts_with("lovelace") == []


def _merge_slowly(monkeypatch: pytest.MonkeyPatch, *, keep: Person, merge: Person) -> None:
    """Begins a merge that a worker would go on with."""
    from people.editing import merging, moving

    for module in (merging, moving):
        monkeypatch.setattr(module, "BATCH", 1)
    merge_people(keep=keep, merge=merge, by=None)


def _leave_gallery() -> None:
    claim = claim_next(Erasure, "worker")
    assert claim
    leave_gallery(ErasureWork(claim.row, lambda: None, threading.Event()), wait=False)
    Erasure.objects.update(state="waiting", claimed_by="", due_at=timezone.now() - timedelta(minutes=1))


def test_a_long_edit_that_names_them_ends_with_them(known: Known, erase: Erase) -> None:
    """Whoever went on with it found nothing to go on by, and with it stood every other long edit and merge."""
    stranger = Stranger.objects.create(number=14, first_seen_at=NOON, last_seen_at=NOON, sightings=3_000)
    values = {"verdict": "match", "person_id": str(known.ada.pk), "is_no_face": False}
    edit = IdentityEdit.objects.create(
        kind="is_somebody", who="operator", person=known.ada.pk, stranger=stranger.pk, state="working", total=3_000,
        detail={"put": {"whose": str(stranger.pk), "values": values}},
    )  # fmt: skip
    erase(known.ada)
    edit.refresh_from_db()
    assert (edit.state, edit.total, edit.person) == ("done", 0, None)
    assert work_until_done(threading.Event()) is False


def test_the_undo_of_a_correction_names_nobody_again(known: Known, erase: Erase, officer: User) -> None:
    edit = correct(sighting=known.sighting.pk, says=is_(known.bob), by=None, page="/")
    assert edit
    erase(known.ada)
    undo(edit=edit, by=None, page="/edits/")
    row = Sighting.objects.filter(pk=known.sighting.pk).first()
    assert row is None or row.person in (None, known.bob)
    assert texts_with("lovelace") == []


def test_no_engine_encodes_them_again(known: Known, erase: Erase) -> None:
    erase(known.ada)
    assert set(Photo.objects.without_encoding("a new engine").values_list("person", flat=True)) == {known.bob.pk}
    EngineChoice.objects.create(engine="another engine", previous="engine of the test", missing_photos=0)
    assert set(Encoding.objects.in_gallery("another engine").values_list("photo__person", flat=True)) == {known.bob.pk}


def test_an_import_that_would_bring_them_back_is_stopped(known: Known, erase: Erase, media: Path) -> None:
    job = ImportJob(original_name="all.zip", size_bytes=1, state="working", entries_total=9, entries_seen=1)
    job.file.save("all.zip", ContentFile(b"PK"), save=False)
    job.save()
    ImportEntry.objects.create(
        job=job, number=0, path="a/1.jpg", person_name="Ada Lovelace", person=known.ada, status="queued"
    )
    erase(known.ada)
    job.refresh_from_db()
    assert (job.state, job.file.name) == ("cancelled", "")
    assert not any(name.startswith("imports/") for name in files(media))


@pytest.mark.parametrize("name", ["Ada Lovelace", "ADA LOVELACE"])
def test_an_import_that_has_not_come_to_them_yet_is_stopped(known: Known, erase: Erase, name: str) -> None:
    jobs = [_waiting_import([name, "Grace Hopper"]), _waiting_import(["Grace Hopper", "Ada"])]
    erase(known.ada)
    assert [ImportJob.objects.get(pk=job.pk).state for job in jobs] == ["cancelled", "waiting"]


def test_an_import_whose_file_cannot_be_read_holds_up_no_erasure(known: Known, erase: Erase, media: Path) -> None:
    damaged, lost = _waiting_import(["Grace Hopper"]), _waiting_import(["Grace Hopper"])
    Path(damaged.file.path).write_bytes(b"no ZIP")
    Path(lost.file.path).unlink()
    assert erase(known.ada).state == "done"


def _waiting_import(names: list[str]) -> ImportJob:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for name in names:
            zipped.writestr(f"{name}/1.jpg", b"a")
            zipped.writestr(f"{name}/2.jpg", b"b")
    return start_import(file=archive, name="all.zip", by=None, layout="folders")


def test_a_request_that_is_repeated_after_the_erasure_adds_nobody_again(
    known: Known, erase: Erase, operator: User
) -> None:
    client = APIClient()
    client.force_authenticate(operator)
    told = {"name": "Grace Hopper"}
    first = client.post("/api/v1/people/", told, headers={"Idempotency-Key": "k-1"})
    assert first.status_code == 201
    certificate = certificate_of(erase(Person.objects.get(name="Grace Hopper")))
    again = client.post("/api/v1/people/", told, headers={"Idempotency-Key": "k-1"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "not_there_any_more")
    assert not Person.objects.filter(name="Grace Hopper").exists()
    assert texts_with("hopper") == [] and list(search([certificate])) == []


@pytest.mark.parametrize("state", ["waiting", "done"])
def test_a_case_that_somebody_asks_for_meanwhile_is_erased_too(
    known: Known, erase: Erase, media: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    videos = erasing.erase_videos

    def ask(work: ErasureWork, name: str) -> None:
        if not Case.objects.filter(title="Meanwhile").exists():
            case = Case(title="Meanwhile", reason="For Ada Lovelace", total=1, state=state)
            case.asked_ids = [str(known.sighting.pk)]
            if state == "done":
                case.people, case.finished_at = [str(known.ada.pk)], timezone.now()
                case.file.save("case.zip", ContentFile(b"PK"), save=False)
            case.save()
        videos(work, name)

    monkeypatch.setattr(erasing, "erase_videos", ask)
    erase(known.ada)
    case = Case.objects.get(title="Meanwhile")
    assert (case.file.name, case.asked_ids, case.people, case.reason) == ("", [], [], "For (erased)")
    assert case.state == {"waiting": "failed", "done": "done"}[state]
    assert not any(name.startswith("cases/") for name in files(media))


def test_what_comes_behind_its_step_has_the_step_again(
    known: Known, erase: Erase, officer: User, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer to an access request that is ready only now must not stay as a file without a row."""
    imports, came = erasing.forget_imports, []

    def come(work: ErasureWork, name: str) -> None:
        if not came:
            row = ask_for_everything(person=known.ada, request="Ada came", site="", by=officer)
            row.file.save("answer.zip", ContentFile(b"PK"), save=False)
            row.save()
            came.append(Rule.objects.create(name="When Ada comes", kind="person", person=known.ada))
        imports(work, name)

    monkeypatch.setattr(erasing, "forget_imports", come)
    erase(known.ada)
    assert not Rule.objects.exists() and not AccessRequest.objects.exists()
    assert not any(name.startswith("access-requests/") for name in files(media))
