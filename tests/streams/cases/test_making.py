"""A case from asking to the ZIP: what is in it, who may ask, and what a worker does that stops or fails."""

from __future__ import annotations

import csv
import io
import json
import threading
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from people.base.signing_key import SigningKey
from people.errors import ClaimLost
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from streams.cases import archive, making, services
from streams.cases.case import Case
from streams.cases.document import Letterhead, document_of
from streams.cases.entries import entries_of, moment
from streams.cases.making import case_loop
from streams.cases.verifying import verify
from streams.errors import NothingThere, TooMuch
from streams.jobs.claims import claim_next
from streams.jobs.job_row import ATTEMPTS
from streams.records.camera import Camera
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from tests.streams.cases.conftest import Ask, Make
from tests.streams.cases.pictures import face, picture
from tests.streams.pages.rows import NOON, WEBM, a_detection, a_sighting

pytestmark = pytest.mark.django_db


def opened(case: Case) -> zipfile.ZipFile:
    with case.file.open("rb") as file:
        return zipfile.ZipFile(io.BytesIO(file.read()))


def table_of(case: Case) -> list[dict[str, str]]:
    text = opened(case).read("sightings.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_case_holds_document_table_pictures_and_a_signed_list(
    ask: Ask, make: Make, camera: Camera, ada: Person
) -> None:
    a_detection(a_sighting(camera, ada), picture=face())
    case = ask()
    assert make()
    case.refresh_from_db()
    assert (case.state, case.done, case.problem) == ("done", 1, "")
    names = opened(case).namelist()
    assert {"case.pdf", "sightings.csv", "case.json", "README.txt", "public-key.pem"} < set(names)
    assert "pictures/0001-1.jpg" in names
    assert opened(case).read("case.pdf").startswith(b"%PDF-")
    facts = json.loads(opened(case).read("case.json"))
    assert (facts["reason"], facts["by"], facts["keys_at"]) == (
        "For the police",
        "operator",
        "https://x.example/cases/keys/",
    )
    key = SigningKey.objects.get()
    with case.file.open("rb") as file:
        assert verify(file, {key.fingerprint: key.public_key}).fingerprint == case.fingerprint


def test_a_whole_frame_is_in_the_zip_as_it_was_kept_and_in_the_document(
    ask: Ask, make: Make, camera: Camera, ada: Person
) -> None:
    whole = picture(1280, 720)
    look = a_detection(a_sighting(camera, ada), picture=face(), frame=whole, frame_width_px=1920, frame_height_px=1080)
    bare = a_detection(a_sighting(camera, ada), picture=face())
    case = ask()
    assert make()
    case.refresh_from_db()
    pictures = [name for name in opened(case).namelist() if name.startswith("pictures/")]
    assert len(pictures) == 3
    (frame,) = [name for name in pictures if opened(case).read(name) == whole]
    assert frame.endswith("-2.jpg") and look.sighting_id != bare.sighting_id
    assert frame in {name for row in table_of(case) for name in row["pictures"].split()}


def test_a_clip_is_a_file_of_the_manifest_named_in_table_and_document(
    ask: Ask, make: Make, camera: Camera, ada: Person
) -> None:
    a_detection(a_sighting(camera, ada), picture=face(), clip=WEBM)
    case = ask()
    assert make()
    case.refresh_from_db()
    assert opened(case).read("clips/0001-1.webm") == WEBM
    assert "clips/0001-1.webm" in opened(case).read("manifest.sha256").decode()
    assert [row["clips"] for row in table_of(case)] == ["clips/0001-1.webm"]


def test_whole_frames_and_clips_of_somebody_limited_to_some_people_are_in_no_case(camera: Camera, ada: Person) -> None:
    user = User.objects.create_user("limited")
    user.user_permissions.add(Permission.objects.get(codename="view_sighting"))
    group = PersonGroup.objects.create(name="Staff")
    group.people.add(ada)
    look = a_detection(a_sighting(camera, ada), picture=face(), frame=picture(640, 360), clip=WEBM)
    (free,) = entries_of([str(look.sighting_id)], user)
    PersonLimit.objects.create(group=group, user=user)
    (limited,) = entries_of([str(look.sighting_id)], User.objects.get(pk=user.pk))
    assert [(len(each.pictures), len(each.clips)) for each in (free, limited)] == [(2, 1), (1, 0)]


def test_its_table_says_who_was_where_when_and_how_it_was_decided(made: Case, ada: Person, settings: Any) -> None:
    named, unknown = table_of(made)
    assert (named["who"], named["how_sure"], named["where"]) == (ada.name, "certain", "Door")
    assert "UTC" in named["first_seen"]
    assert named["why"] == "Certain: the face is near enough to Ada Lovelace."
    assert named["numbers"].startswith("Distance 0.30 to the nearest person; limits 0.50 for certain")
    assert (unknown["who"], unknown["how_sure"]) == ("An unknown face", "unknown")


def test_a_correction_is_said_beside_what_the_machine_had_decided(
    ask: Ask, make: Make, camera: Camera, ada: Person
) -> None:
    edit = IdentityEdit.objects.create(who="Ann", kind="is", page="/sightings/")
    a_sighting(camera, ada, edit=edit, machine_verdict="unknown")
    case = ask()
    make()
    case.refresh_from_db()
    (row,) = table_of(case)
    assert row["how_sure"] == "corrected by hand"
    assert row["why"].startswith("Ann corrected who it is on ")
    assert row["remarks"] == "Before that the machine had decided: unknown."


def test_its_first_page_says_until_when_the_last_of_them_was_seen(
    ask: Ask, make: Make, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody stays for an hour, and another one comes and goes meanwhile."""
    long = a_sighting(camera, last_seen_at=NOON + timedelta(hours=1))
    a_sighting(camera, at=NOON + timedelta(minutes=10))
    heads: list[Letterhead] = []

    def noted(head: Letterhead, entries: Any) -> bytes:
        heads.append(head)
        return document_of(head, entries)

    monkeypatch.setattr(archive, "document_of", noted)
    ask()
    assert make()
    facts = dict(heads[0].facts)
    assert (facts["From"], facts["To"]) == (moment(long.first_seen_at), moment(NOON + timedelta(hours=1)))


def test_a_name_that_is_a_formula_is_none_in_the_table(ask: Ask, make: Make, camera: Camera) -> None:
    a_sighting(camera, Person.objects.create(name="=HYPERLINK(1)"))
    case = ask()
    make()
    case.refresh_from_db()
    assert table_of(case)[0]["who"] == "'=HYPERLINK(1)"


def test_nothing_and_too_much_are_refused_in_words(ask: Ask, camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingThere, match="nothing to hand over"):
        ask()
    monkeypatch.setattr(services, "MOST_SIGHTINGS", 1)
    a_sighting(camera), a_sighting(camera)
    with pytest.raises(TooMuch, match="These are 2 sightings; a case takes at most 1"):
        ask()
    assert not Case.objects.exists()


def test_too_many_cases_at_once_are_refused(ask: Ask, camera: Camera, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_UNENDED", 1)
    a_sighting(camera)
    ask()
    with pytest.raises(TooMuch, match="being made already"):
        ask()


def test_a_picture_that_is_gone_is_left_out(ask: Ask, make: Make, camera: Camera) -> None:
    detection = a_detection(a_sighting(camera), picture=face())
    default_storage.delete(detection.snapshot.name)
    case = ask()
    make()
    case.refresh_from_db()
    assert case.state == "done"
    assert not [name for name in opened(case).namelist() if name.startswith("pictures/")]


def test_sightings_that_are_deleted_meanwhile_are_said(ask: Ask, make: Make, camera: Camera) -> None:
    a_sighting(camera)
    doomed = a_sighting(camera)
    case = ask()
    doomed.delete()
    make()
    case.refresh_from_db()
    assert (case.state, case.done, case.total) == ("done", 1, 2)
    last = ask()
    Sighting.objects.all().delete()
    make()
    last.refresh_from_db()
    assert (last.state, "deleted" in last.problem) == ("failed", True)


def test_somebody_who_has_lost_the_right_meanwhile_gets_no_case(
    ask: Ask, make: Make, camera: Camera, operator: User
) -> None:
    a_sighting(camera)
    case = ask()
    User.objects.filter(pk=operator.pk).update(is_superuser=False)
    make()
    case.refresh_from_db()
    assert (case.state, case.problem) == ("failed", "Whoever asked for it has lost the right to it.")


def test_a_worker_that_stops_gives_the_case_back_and_another_makes_it(ask: Ask, make: Make, camera: Camera) -> None:
    a_sighting(camera)
    case = ask()
    stopping = threading.Event()
    stopping.set()
    assert case_loop().work_on_one(stopping)
    case.refresh_from_db()
    assert (case.state, case.attempts) == ("waiting", 0)
    assert make()
    case.refresh_from_db()
    assert case.state == "done"


def test_a_killed_workers_case_is_made_again_and_its_claim_is_worth_nothing(
    ask: Ask, make: Make, camera: Camera
) -> None:
    a_sighting(camera)
    case = ask()
    late = claim_next(Case, "killed")
    assert late is not None
    assert not make()  # it is claimed
    Case.objects.update(due_at=Now() - timedelta(seconds=1))  # its time has passed
    assert make()
    case.refresh_from_db()
    assert (case.state, case.attempts) == ("done", 2)
    with pytest.raises(ClaimLost):
        late.hold(done=0)


def test_a_storage_that_fails_is_tried_again_later_and_given_up_in_the_end(
    ask: Ask, make: Make, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_sighting(camera)
    case = ask()

    def broken(*_: Any) -> Any:
        raise ConnectionError("the bucket is away")

    monkeypatch.setattr(making, "_stored", broken)
    for attempt in range(1, ATTEMPTS + 1):
        Case.objects.update(due_at=Now() - timedelta(seconds=1))
        assert make()
        case.refresh_from_db()
        assert (case.state, case.attempts) == ("waiting" if attempt < ATTEMPTS else "failed", attempt)
    assert case.problem.startswith(f"It was tried {ATTEMPTS} times")


def test_a_case_that_was_deleted_meanwhile_leaves_nothing(ask: Ask, camera: Camera, media: Any) -> None:
    a_sighting(camera)
    case = ask()
    claim = claim_next(Case, "worker")
    assert claim is not None
    case.delete()
    with pytest.raises(ClaimLost):
        making.make_case(claim, threading.Event())
    assert not list(media.glob("cases/*"))
