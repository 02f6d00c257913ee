"""Somebody is erased: nothing that names or shows them is left, whatever else is stays, and a certificate says so."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from people.audit.chaining import chain_all
from people.audit.verifying import verify
from people.base.history import log_added
from people.base.kept_answers import KeptAnswer
from people.editing.merging import merge_people
from people.editing.person_services import save_person
from people.imports.jobs import ImportJob
from people.records.consent_text import ConsentText
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.enrolment_link import EnrolmentLink
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from people.records.site_policy import SitePolicy
from people.self_enrolling.approving import approve
from people.self_enrolling.making import make_link
from streams.access_requests.services import ask_for_everything
from streams.alerting.rule_services import save_rule, switch_rule
from streams.cases.case import Case
from streams.cases.services import ask_for_case
from streams.correcting.corrections import correct
from streams.correcting.undoing import undo
from streams.erasing import certifying, erasing, faces
from streams.erasing.document import document_of
from streams.erasing.erasing import erase as work_on
from streams.erasing.erasing import erasure_loop
from streams.erasing.erasure import ErasedPart, Erasure, ErasureCertificate
from streams.erasing.searching import search
from streams.erasing.services import erase_person, what_goes
from streams.erasing.work import ErasureWork
from streams.errors import CannotUndo, NamesThePerson, SeesOnlySome
from streams.jobs.claims import claim_next
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.erased_sighting import ErasedSighting
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.stranger import Stranger
from streams.running.recording import NotKept, record_sighting
from streams.videos.correcting import correct_face
from streams.videos.video import Video, VideoSighting
from tests.streams.correcting.conftest import is_
from tests.streams.erasing.conftest import Erase, Known, a_photo, a_video, certificate_of, files, texts_with, work
from tests.streams.pages.rows import JPEG, NOON, a_detection, a_sighting
from tests.streams.said import sighting_change

pytestmark = pytest.mark.django_db


def test_no_table_names_them_and_no_file_is_theirs(known: Known, erase: Erase, media: Path) -> None:
    bobs = {photo.image.name for photo in Photo.objects.filter(person=known.bob)}
    bobs |= {photo.crop.name for photo in Photo.objects.filter(person=known.bob)}
    bobs |= {look.snapshot.name for look in Detection.objects.filter(sighting=known.of_bob)}
    key = known.ada.pk
    erasure = erase(known.ada)
    chain_all()
    assert erasure.state == "done" and erasure.problem == ""
    assert texts_with("lovelace") == []
    # The random id alone: who did something, and which version of the gallery somebody left with.
    assert set(texts_with(str(key))) == {"people_auditentry", "people_gallerychange", "django_admin_log"}
    assert files(media) == bobs | {f"erasures/{erasure.reference}.json"}
    assert verify().fault == ""


def test_earlier_names_go_with_the_person_and_those_of_others_stay(known: Known, erase: Erase, officer: User) -> None:
    """Ada was added as Countess Byron, then as Bob Noyce by mistake, and another record of hers was Augusta Gordon."""
    ada = known.ada
    for name in ("Countess Byron", "Bob Noyce", "Ada Lovelace"):
        ada.name = name
        save_person(person=ada, by=officer, same_name=True)
    ConsentText.objects.create(text="We recognise you.")
    other = Person.objects.create(name="Augusta Gordon")
    merge_people(keep=ada, merge=other, by=officer)
    link, _ = make_link(name="Countess Byron", by=officer)
    EnrolmentLink.objects.filter(pk=link.pk).update(state="revoked")
    ImportJob.objects.create(
        original_name="Augusta Gordon.zip", size_bytes=1, state="done", entries_total=0, finished_at=NOON
    )
    Case.objects.filter(pk=known.case.pk).update(title="Countess Byron at the door", reason="Bob Noyce asked")
    log_added(known.bob, "Sits beside Countess Byron.", by=officer)
    for name in ("Countess Byron", "Augusta Gordon"):
        with pytest.raises(NamesThePerson):
            erase_person(person=ada, by=officer, request=f"letter of {name}")
    erase(ada)
    chain_all()
    assert texts_with("byron") == texts_with("augusta") == texts_with("lovelace") == []
    case = Case.objects.get(pk=known.case.pk)
    assert (case.title, case.reason) == ("(erased) at the door", "Bob Noyce asked")
    assert Person.objects.get(pk=known.bob.pk).name == "Bob Noyce"


def test_a_try_that_breaks_off_finds_earlier_names_again(
    known: Known, erase: Erase, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Countess Byron", "Ada Lovelace"):
        known.ada.name = name
        save_person(person=known.ada, by=officer)
    KeptAnswer.objects.create(
        caller="k", address="POST /", key="k", digest="d", status=201, body='{"name": "Countess Byron"}'
    )
    log_added(known.bob, "Sits beside Countess Byron.", by=officer)
    with monkeypatch.context() as broken:
        broken.setattr(erasing, "forget_links", lambda *_: (_ for _ in ()).throw(OperationalError("away")))
        erase_person(person=known.ada, by=officer, request="letter")
        with pytest.raises(OperationalError):
            work()
    Erasure.objects.update(due_at=timezone.now(), claimed_by="", state="waiting")
    EnrolmentLink.objects.create(digest="x", name="Countess Byron", state="revoked", expires_at=NOON)
    assert work()
    chain_all()
    assert texts_with("byron") == []


@pytest.mark.parametrize("nameless", [False, True])
def test_no_statement_reads_every_sighting_of_the_site(known: Known, erase: Erase, nameless: bool) -> None:
    """With an index for each condition; a condition that has none leaves the rows to a filter or a subplan."""
    SitePolicy.objects.update_or_create(pk=1, defaults={"keeps_nameless_sightings": nameless})
    with CaptureQueriesContext(connection) as captured:
        erase(known.ada)
    statements = [each["sql"] for each in captured]
    asked = [query for query in statements if query.startswith("SELECT") and ' FROM "streams_sighting"' in query]
    assert len(asked) > 5
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in asked:
            cursor.execute(f"EXPLAIN {query}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "SubPlan" not in plan and "Seq Scan on streams_sighting" not in plan, query


def test_others_and_their_sightings_stay(known: Known, erase: Erase) -> None:
    erase(known.ada)
    assert Photo.objects.filter(person=known.bob).count() == 1
    assert Encoding.objects.filter(photo__person=known.bob).count() == 2
    (look,) = Detection.objects.filter(sighting=known.of_bob)
    assert (look.person, look.frame.name, look.clip.name) == (None, "", "")
    assert look.snapshot
    assert not CounterExample.objects.exists()


def test_the_certificate_says_what_was_erased_and_not_whom(known: Known, erase: Erase) -> None:
    key = str(known.ada.pk)
    erasure = erase(known.ada)
    certificate = certificate_of(erasure)
    said = certificate.said
    assert said["erased"]["photos"] == 1 and said["erased"]["sightings"] == 2
    assert said["erased"]["whole frames"] == 2 and said["erased"]["stored photos"] == 1
    assert said["engines"] == {"engine of the test": 2, "another engine": 1}
    assert (said["asked_by"], said["request"]) == ("officer", "letter of 3 May, no. 17")
    assert "lovelace" not in certificate.text().casefold() and key not in certificate.text()
    certificate.check(_keys())
    assert list(search([certificate])) == []


def test_it_leaves_nothing_of_the_job_but_who_asked(known: Known, erase: Erase) -> None:
    erasure = erase(known.ada)
    assert (erasure.person_id, erasure.ids) == (None, [])
    assert not ErasedPart.objects.exists()


def test_the_database_refuses_to_change_or_delete_a_certificate(known: Known, erase: Erase) -> None:
    erase(known.ada)
    for change in (lambda rows: rows.update(text="{}"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="certificate"), transaction.atomic():
            change(ErasureCertificate.objects.all())


def test_a_case_that_was_fetched_stands_in_the_certificate(known: Known, erase: Erase, officer: User) -> None:
    from streams.cases.handing_over import log_fetched

    log_fetched(known.case, by=officer)
    (row,) = certificate_of(erase(known.ada)).said["handed_over"]
    assert (row["what"], row["id"], len(row["fetched"])) == ("case", str(known.case.pk), 1)
    known.case.refresh_from_db()
    assert (known.case.title, known.case.file.name) == ("(erased) at the door", "")
    assert known.case.people == [str(known.bob.pk)]


def test_a_video_in_the_operators_bucket_stands_in_the_certificate(
    known: Known, erase: Erase, officer: User, client: Client
) -> None:
    """The site only reads it, so whoever erases must delete it there; its name, which may be theirs, is not told."""
    video = a_video(known.bob).video
    Video.objects.filter(pk=video.pk).update(file="", address="gs://yard/bob.mp4")
    certificate = certificate_of(erase(known.bob))
    (row,) = certificate.said["handed_over"]
    assert (row["id"], row["fetched"]) == (str(video.pk), []) and "bucket of yours" in row["what"]
    assert "bob.mp4" not in str(certificate.said) and document_of(certificate).startswith(b"%PDF-")
    client.force_login(officer)
    page = client.get(f"/erasures/{Erasure.objects.get().pk}/").content.decode()
    assert f"{row['what']} {str(video.pk)[:8]}</li>" in page


def test_nameless_sightings_keep_times_and_nothing_else(known: Known, erase: Erase) -> None:
    SitePolicy.objects.update_or_create(pk=1, defaults={"keeps_nameless_sightings": True})
    certificate = certificate_of(erase(known.ada))
    row = Sighting.objects.get(pk=known.sighting.pk)
    assert (row.verdict, row.person, row.distance, row.first_seen_at) == ("unknown", None, None, NOON)
    assert not Detection.objects.filter(sighting=row).exists()
    assert list(search([certificate])) == []
    a_detection(row)
    assert [found.kind for found in search([certificate])] == ["streams.Sighting:nameless"]


def test_the_name_is_refused_where_the_certificate_would_say_it(known: Known, officer: User) -> None:
    for words in ("letter of Ada Lovelace", "mail of Ms LOVELACE, 3 May"):
        with pytest.raises(NamesThePerson):
            erase_person(person=known.ada, by=officer, request=words)
    assert erase_person(person=known.ada, by=officer, request="letter of 3 May").state == "waiting"


def test_words_of_the_site_itself_are_not_taken_for_a_name(known: Known) -> None:
    person = Person.objects.create(name="Brought Back")
    words = "Erased before by the certificate E-1, and brought back by a backup."
    assert erase_person(person=person, by=None, request=words).state == "waiting"


def test_whoever_is_limited_to_some_people_cannot_erase_anybody(known: Known, officer: User) -> None:
    group = PersonGroup.objects.create(name="Staff")
    group.people.add(known.ada)
    PersonLimit.objects.create(group=group, user=officer)
    with pytest.raises(SeesOnlySome):
        erase_person(person=known.ada, by=User.objects.get(pk=officer.pk), request="letter")


def test_asking_twice_is_one_erasure(known: Known, officer: User) -> None:
    first = erase_person(person=known.ada, by=officer, request="letter")
    assert erase_person(person=known.ada, by=officer, request="mail") == first


def test_what_will_go_is_counted_beforehand(known: Known) -> None:
    assert dict(what_goes(known.ada))["photos"] == 1
    assert dict(what_goes(known.ada))["encodings of photos"] == 2


@pytest.mark.parametrize("after", range(12))
def test_a_worker_that_dies_at_any_step_loses_nothing(
    known: Known, officer: User, media: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """Each sign of life may be the last: the next worker goes on, and the counts are as if nothing had been."""
    erasure = erase_person(person=known.ada, by=officer, request="letter")
    with pytest.raises(OperationalError):
        _work_until(monkeypatch, after)
    assert not ErasureCertificate.objects.exists() and not (media / "erasures").exists()
    Erasure.objects.update(due_at=timezone.now() - timedelta(minutes=2))
    assert work()
    certificate = certificate_of(erasure)
    assert certificate.said["erased"]["sightings"] == 2
    assert certificate.said["erased"]["photos"] == 1
    assert certificate.said["engines"] == {"engine of the test": 2, "another engine": 1}
    assert texts_with("lovelace") == []
    assert {name.partition("/")[0] for name in files(media)} == {"photos", "crops", "snapshots", "erasures"}


def _work_until(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    from streams.erasing.work import ErasureWork

    left = [after]
    go_on = ErasureWork.go_on

    def dies(self: ErasureWork) -> None:
        go_on(self)
        if not left[0]:
            raise OperationalError("the server closed the connection unexpectedly")
        left[0] -= 1

    with monkeypatch.context() as patch:
        patch.setattr(ErasureWork, "go_on", dies)
        erasure_loop().work_on_one(threading.Event())
        raise OperationalError("it had fewer steps")


def test_a_full_disk_is_waited_for_and_there_is_no_certificate_before(
    known: Known, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasure = erase_person(person=known.ada, by=officer, request="letter")

    def full(*_: Any) -> str:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(certifying, "store", full)
        for _ in range(7):
            Erasure.objects.update(due_at=timezone.now() - timedelta(minutes=1))
            assert work()
    erasure.refresh_from_db()
    assert (erasure.state, erasure.attempts) == ("waiting", 7)
    assert not ErasureCertificate.objects.exists()
    Erasure.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert work() and certificate_of(erasure).said["erased"]["photos"] == 1


def test_an_object_that_cannot_be_deleted_holds_up_the_certificate(
    known: Known, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    erasure = erase_person(person=known.ada, by=officer, request="letter")

    def broken(name: str) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", broken, raising=False)
        assert work()
    erasure.refresh_from_db()
    assert erasure.state == "waiting" and not ErasureCertificate.objects.exists()
    Erasure.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert work()
    assert list(search([certificate_of(erasure)])) == []


def test_two_workers_do_not_erase_one_person_twice(known: Known, officer: User) -> None:
    erase_person(person=known.ada, by=officer, request="letter")
    claim = claim_next(Erasure, "one")
    assert claim and claim_next(Erasure, "other") is None
    work_on(claim, threading.Event())
    assert ErasureCertificate.objects.count() == 1


def test_in_the_gallery_nobody_is_left_before_anything_else_is_deleted(
    known: Known, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    erase_person(person=known.ada, by=officer, request="letter")
    with pytest.raises(OperationalError):
        _work_until(monkeypatch, 0)
    assert not Person.objects.matchable().filter(pk=known.ada.pk).exists()
    assert not Encoding.objects.filter(photo__person=known.ada).exists()


def test_a_sighting_that_goes_on_is_not_written_again_by_its_camera(known: Known, erase: Erase, camera: Camera) -> None:
    going_on = a_sighting(camera, known.ada, at=timezone.now(), ended_at=None)
    certificate = certificate_of(erase(known.ada))
    assert ErasedSighting.objects.filter(pk=going_on.pk).exists()
    kept = record_sighting(camera_id=camera.pk, change=sighting_change(id=going_on.pk), snapshots={})
    assert isinstance(kept, NotKept)
    assert list(search([certificate])) == []


def test_strangers_who_lose_a_sighting_are_counted_again(known: Known, erase: Erase, camera: Camera) -> None:
    stranger = Stranger.objects.create(number=13, first_seen_at=NOON, last_seen_at=NOON, sightings=2)
    a_sighting(camera, known.ada, stranger=stranger)
    a_sighting(camera, stranger=stranger)
    erase(known.ada)
    stranger.refresh_from_db()
    assert stranger.sightings == 1


def test_many_sightings_go_in_batches(
    known: Known, erase: Erase, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faces, "BATCH", 3)
    for minute in range(10):
        a_detection(a_sighting(camera, known.ada, at=NOON + timedelta(minutes=minute)))
    erasure = erase(known.ada)
    assert certificate_of(erasure).said["erased"]["sightings"] == 12
    assert erasure.done == 12


def _keys() -> Any:
    from people.audit.anchors import site_keys

    return site_keys()


def test_every_table_with_a_person_is_among_what_is_erased() -> None:
    """A new foreign key to people must be thought of: a row that goes by cascade leaves its objects and no trace."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, string_agg(a.attname, ' ') FROM pg_constraint c"
            " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)"
            " WHERE contype = 'f' AND confrelid = 'people_person'::regclass GROUP BY 1"
        )
        found = dict(cursor.fetchall())
    assert set(found) == {
        "people_photo", "people_mergedperson", "people_persongroup_people", "people_watchlist_people",
        "people_counterexample", "people_personmerge", "people_basis", "people_enrolmentlink", "people_importentry",
        "streams_rule", "streams_editedsighting", "streams_sighting", "streams_detection", "streams_stranger",
        "streams_alert", "streams_videosighting", "streams_accessrequest", "people_suspension", "streams_lastseen",
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_camera_that_speaks_of_a_sighting_while_it_is_erased_does_not_write_it_again(
    known: Known, officer: User, camera: Camera
) -> None:
    """The camera's change waits for the erasure, which holds the row, and must then see that it was erased."""
    going_on = a_sighting(camera, known.ada, at=timezone.now(), ended_at=None)
    erase_person(person=known.ada, by=officer, request="letter")
    claim, kept = claim_next(Erasure, "one"), []
    assert claim

    def record() -> None:
        kept.append(record_sighting(camera_id=camera.pk, change=sighting_change(id=going_on.pk), snapshots={}))
        connection.close()

    recording = threading.Thread(target=record)
    with transaction.atomic():
        faces.erase_these(ErasureWork(claim.row, lambda: None, threading.Event()), [going_on.pk])
        recording.start()
        recording.join(0.5)  # by now it has asked for the row
    recording.join()
    assert isinstance(kept[0], NotKept)
    assert not Sighting.objects.filter(pk=going_on.pk).exists()


def test_a_name_of_one_word_is_nowhere_that_is_about_them_alone(
    known: Known, erase: Erase, operator: User, officer: User, camera: Camera, media: Path
) -> None:
    """It is not looked for in what is about others; these rows are hers, and are called as somebody called them."""
    text = ConsentText.objects.create(text="We recognise you.")
    link = make_link(person=None, name="Zoelinde", by=operator)[0]
    EnrolmentLink.objects.filter(pk=link.pk).update(
        name="Zoelinde, short Zoeli", text=text, agreed_at=timezone.now(), state="sent", sent_at=timezone.now()
    )
    zoe = approve(link=link, by=operator)
    person = Person.objects.get(pk=zoe.pk)
    person.name = "Zoeli"
    save_person(person=person, by=operator)
    a_photo(Person.objects.create(name="Carl"), "zoelinde.jpg")  # it was added to the wrong person, and moved
    Photo.objects.filter(original_name="zoelinde.jpg").update(person=person)
    rule = Rule(name="When Zoelinde comes", kind="person", person=person, everywhere=True)
    save_rule(rule=rule, cameras=[], camera_groups=[], channels=[], by=operator)
    switch_rule(rule=rule, on=False, by=operator)
    ask_for_everything(person=person, request="Zoelinde came with her passport", site="", by=officer)
    sighting = a_sighting(camera, person)
    case = ask_for_case(
        title="Zoeli", reason="For Zoeli", rows=Sighting.objects.filter(pk=sighting.pk), asked=[], site="", by=operator
    )
    seen = a_video(person)
    Video.objects.filter(pk=seen.video_id).update(title="Zoeli arrives")
    log_added(Video.objects.get(pk=seen.video_id), by=operator)
    job = ImportJob(original_name="Zoeli.zip", size_bytes=1, entries_total=1, state="done", finished_at=timezone.now())
    job.save()
    log_added(job, by=operator)
    chain_all()
    assert {"django_admin_log", "people_auditentry", "people_enrolmentlink", "streams_rule"} <= set(texts_with("zoeli"))
    erase(person)
    chain_all()
    assert texts_with("zoeli") == []
    assert str(case.pk) in LogEntry.objects.filter(object_id=case.pk).values_list("object_id", flat=True)
    assert verify().fault == ""


def test_links_to_their_name_that_led_to_nobody_go_too(known: Known, erase: Erase, operator: User) -> None:
    ConsentText.objects.create(text="We recognise you.")
    names = ("Ada Lovelace", "Ada Lovelace", "Eve")
    first, usable, other = (make_link(person=None, name=name, by=operator)[0] for name in names)
    EnrolmentLink.objects.filter(pk__in=[first.pk, other.pk]).update(expires_at=timezone.now() - timedelta(days=1))
    EnrolmentLink.objects.filter(pk=usable.pk).update(name="Somebody else")
    erase(known.ada)
    chain_all()
    assert set(EnrolmentLink.objects.values_list("pk", flat=True)) == {usable.pk, other.pk}
    assert texts_with("lovelace") == []


def test_a_link_of_a_namesake_stays(known: Known, erase: Erase, operator: User) -> None:
    ConsentText.objects.create(text="We recognise you.")
    Person.objects.create(name="Ada Lovelace")
    link, _ = make_link(person=None, name="Ada Lovelace", by=operator)
    EnrolmentLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    erase(known.ada)
    assert EnrolmentLink.objects.filter(pk=link.pk).exists()


def test_a_correction_of_somebody_else_does_not_say_who_it_was_not(
    known: Known, erase: Erase, operator: User, camera: Camera
) -> None:
    seen = VideoSighting.objects.get(person=known.ada)
    edit = correct_face(face=seen.pk, says=is_(known.bob), by=operator, page="/")
    other = correct(sighting=known.sighting.pk, says=is_(known.bob), by=operator, page="/")
    assert edit and other
    key = str(known.ada.pk)
    erase(known.ada)
    assert "streams_identityedit" not in texts_with(key)
    with pytest.raises(CannotUndo, match="was deleted since"):
        undo(edit=edit, by=operator, page="/")


def test_a_case_whose_frames_show_them_beside_others_goes_too(
    known: Known, erase: Erase, camera: Camera, media: Path
) -> None:
    """The frames themselves are deleted: the ZIP that was made of them must not be the copy that stays."""
    later = a_sighting(camera, known.bob, at=NOON + timedelta(hours=1))
    a_detection(later, frame=JPEG)
    without_frames = a_sighting(camera, known.bob, at=NOON + timedelta(seconds=2))
    a_detection(without_frames)
    cases = [_case_of(sighting) for sighting in (known.of_bob, later, without_frames)]
    certificate = certificate_of(erase(known.ada))
    kept = [bool(Case.objects.get(pk=case.pk).file) for case in cases]
    assert kept == [False, True, True]
    assert Case.objects.get(pk=cases[0].pk).asked_ids == [str(known.of_bob.pk)]
    assert list(search([certificate])) == []


def _case_of(sighting: Sighting) -> Case:
    case = Case(
        title="A case", reason="police", asked_ids=[str(sighting.pk)], people=[str(sighting.person_id)], total=1,
        done=1, state="done", finished_at=timezone.now(), who="operator",
    )  # fmt: skip
    case.file.save("case.zip", ContentFile(b"PK"), save=False)
    case.save()
    return case
