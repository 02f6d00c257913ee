"""Somebody of whom the site has one of everything, and a worker's loop that erases them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from people.base.history import log_added
from people.base.kept_answers import KeptAnswer
from people.imports.jobs import ImportEntry, ImportJob
from people.records.basis import Basis
from people.records.counter_example import CounterExample
from people.records.encoding import Encoding
from people.records.enrolment_link import EnrolmentLink, LinkPicture
from people.records.person import Person
from people.records.photo import Photo
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist
from streams.cases.case import Case
from streams.erasing import record
from streams.erasing.certificate import Certificate
from streams.erasing.erasing import erasure_loop
from streams.erasing.erasure import Erasure, ErasureCertificate
from streams.erasing.services import erase_person
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.last_seen import LastSeen
from streams.records.rule import Rule, RuleQuiet
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding
from streams.records.stranger import Stranger, StrangerEncoding
from streams.videos.video import Video, VideoLook, VideoSighting
from tests.people.conftest import unit_vector
from tests.streams.pages.rows import JPEG, NOON, WEBM, a_detection, a_sighting

ENGINE = "engine of the test"
OTHER_ENGINE = "another engine"
Erase = Callable[..., Erasure]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """No camera runs in these tests."""
    monkeypatch.setattr(record, "UNTIL_CAMERAS_FOLLOW_S", 0.0)


@pytest.fixture
def officer(db: None) -> User:
    user = User.objects.create_user("officer", password="x")
    wanted = ["view_person", "erase_person", "view_erasure", "view_accessrequest", "answer_accessrequest"]
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return user


@dataclass
class Known:
    """Ada, of whom the site has everything, and Bob, who must stay."""

    ada: Person
    bob: Person
    sighting: Sighting
    of_bob: Sighting
    case: Case


def a_photo(person: Person, name: str = "ada lovelace.jpg", **fields: Any) -> Photo:
    photo = Photo(person=person, original_name=name, sha256=person.pk.hex * 2, state="enrolled", **fields)
    photo.image.save("photo", ContentFile(JPEG), save=False)
    photo.crop.save("crop", ContentFile(JPEG), save=False)
    photo.save()
    for number, engine in enumerate((ENGINE, OTHER_ENGINE)):
        Encoding.objects.create(photo=photo, engine=engine, vector=unit_vector(number), quality=0.9)
    return photo


def a_basis(person: Person) -> Basis:
    basis = Basis(person=person, purpose="door", document_title="ada.pdf", agreed_name="Ada Lovelace")
    basis.document.save("ada.pdf", ContentFile(b"%PDF-1.7 signed"), save=False)
    basis.save()
    return basis


def a_video(person: Person) -> VideoSighting:
    video = Video(title="Delivery", state="done", finished_at=timezone.now(), who="operator")
    video.file.save("video", ContentFile(WEBM), save=False)
    video.save()
    seen = VideoSighting.objects.create(
        id=person.pk, video=video, first_s=1, last_s=2, verdict="match", person=person, match_threshold=0.5,
        review_threshold=0.55,
    )  # fmt: skip
    look = VideoLook(id=person.pk, sighting=seen, at_s=1, quality=0.8, verdict="match")
    look.picture.save("face.jpg", ContentFile(JPEG), save=False)
    look.save()
    return seen


def everything_about(person: Person, camera: Camera, operator: User, other: Person) -> tuple[Sighting, Sighting, Case]:
    a_photo(person)
    a_basis(person)
    link = EnrolmentLink.objects.create(
        digest=person.pk.hex, person=person, name=person.name, expires_at=timezone.now(), made_by=operator
    )
    picture = LinkPicture(link=link, original_name="selfie.jpg", sha256="1" * 64)
    picture.image.save("selfie.jpg", ContentFile(JPEG), save=False)
    picture.save()
    sighting = a_sighting(camera, person)
    a_detection(sighting, frame=JPEG, clip=WEBM)
    SightingEncoding.objects.create(sighting=sighting, engine=ENGINE, vector=unit_vector(3), quality=0.5)
    of_other = a_sighting(camera, other, at=NOON + timedelta(seconds=1))
    a_detection(of_other, person=person, frame=JPEG, clip=WEBM)
    for whom, by in ((person, of_other), (other, sighting)):
        CounterExample.objects.create(person=whom, engine=ENGINE, vector=unit_vector(4), sighting_id=by.pk)
    stranger = Stranger.objects.create(
        number=12, state="named", person=person, first_seen_at=NOON, last_seen_at=NOON, sightings=1
    )
    StrangerEncoding.objects.create(stranger=stranger, engine=ENGINE, vector=unit_vector(5), of=1)
    a_detection(a_sighting(camera, at=NOON + timedelta(hours=3), stranger=stranger))
    rule = Rule.objects.create(name="When Ada Lovelace comes", kind="person", person=person)
    RuleQuiet.objects.create(rule=rule, subject=f"{person.pk} at {camera.pk}", until=timezone.now())
    Alert.objects.create(
        rule=rule, rule_name=rule.name, kind="person", severity="warning", camera=camera, sighting=sighting,
        person=person, subject=f"{person.pk}", captured_at=NOON,
    )  # fmt: skip
    Suspension.objects.create(watchlist=Watchlist.objects.create(name="Banned"), person=person, false=3, closed=4)
    LastSeen.objects.create(person=person, at=NOON)
    SearchLog.objects.create(who="operator", sighting=sighting.pk, within=0.5, engine=ENGINE, found=1)
    SearchLog.objects.create(
        who="operator",
        picture_sha256="2" * 64,
        filters={"person": [str(person.pk)]},
        within=0.5,
        engine=ENGINE,
        found=1,
    )
    case = Case(
        title="Ada Lovelace at the door", reason="For Ada Lovelace's lawyer", asked=[["Person", "Ada Lovelace"]],
        asked_ids=[str(sighting.pk), str(of_other.pk)], people=[str(person.pk), str(other.pk)], total=2, done=2,
        state="done", finished_at=timezone.now(), who="operator",
    )  # fmt: skip
    case.file.save("case.zip", ContentFile(b"PK"), save=False)
    case.save()
    a_video(person)
    job = ImportJob.objects.create(
        original_name="Ada Lovelace.zip", size_bytes=1, state="done", entries_total=2, finished_at=timezone.now()
    )
    ImportEntry.objects.create(
        job=job, number=0, path="Ada Lovelace/1.jpg", person_name=person.name, person=person, status="queued"
    )
    ImportEntry.objects.create(
        job=job, number=1, path="Ada Lovelace/2.txt", person_name=person.name, status="no_picture"
    )
    KeptAnswer.objects.create(
        caller="key 1", address="POST /api/v1/people/", key="k", digest="d", status=201, body=f'{{"id": "{person.pk}"}}'
    )
    log_added(person, f"Added “{person}”.", by=operator)
    return sighting, of_other, case


@pytest.fixture
def known(media: Path, camera: Camera, operator: User) -> Known:
    ada = Person.objects.create(name="Ada Lovelace", notes="Ada Lovelace wrote the first program", external_id="17")
    bob = Person.objects.create(name="Bob Noyce")
    sighting, of_bob, case = everything_about(ada, camera, operator, bob)
    a_photo(bob, "bob.jpg")
    return Known(ada, bob, sighting, of_bob, case)


def work() -> bool:
    """Does one round of the worker's loop; returns whether an erasure was due."""
    return erasure_loop().work_on_one(threading.Event())


@pytest.fixture
def erase(officer: User) -> Erase:
    """Asks for an erasure, and does it."""

    def erased(person: Person, request: str = "letter of 3 May, no. 17") -> Erasure:
        erasure = erase_person(person=person, by=officer, request=request, site="https://x.example")
        assert work()
        erasure.refresh_from_db()
        return erasure

    return erased


def certificate_of(erasure: Erasure) -> Certificate:
    return Certificate.read(ErasureCertificate.objects.get(reference=erasure.reference).text)


def texts_with(words: str) -> list[str]:
    """Returns the tables in which any column of any row has these words.

    Give at least five letters: keys and signatures in base64 have three of them once in some hundred runs.
    """
    assert len(words) >= 5
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{words}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def files(media: Path) -> set[str]:
    return {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}
