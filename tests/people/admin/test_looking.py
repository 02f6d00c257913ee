"""The two answers of the page that adds photos: for whom, for how many, and in what words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from people.errors import Busy, ReaderDied
from people.recognising import frame_answers
from people.recognition.reading.capture import FrameJudgement, JudgeFrame
from people.recognition.reading.photo import PhotoReading
from people.recognition.reading.views import Light, Straight, View
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from people.records.reasons import HINTS
from tests.people.conftest import picture

pytestmark = pytest.mark.django_db
CHECK, FRAME = "/admin/people/person/check/", "/admin/people/person/frame/"


class FakeRecognisers:
    """Says of every picture what it is told to say, and remembers what it was asked."""

    def __init__(self) -> None:
        self.judgement: FrameJudgement | Exception = FrameJudgement("ok", "come_closer")
        self.frames: list[JudgeFrame] = []

    def judge(self, frame: JudgeFrame) -> FrameJudgement:
        self.frames.append(frame)
        if isinstance(self.judgement, Exception):
            raise self.judgement
        return self.judgement

    def read(self, data: bytes, *, max_bytes: int, engine: str) -> tuple[PhotoReading, str]:
        if isinstance(self.judgement, Exception):
            raise self.judgement
        return PhotoReading("no_face"), "e"


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeRecognisers:
    fake = FakeRecognisers()
    monkeypatch.setattr("people.recognising.frame_answers.recognisers", lambda: fake)
    monkeypatch.setattr("people.enrolling.checking.recognisers", lambda: fake)
    return fake


@pytest.fixture
def clerk(db: None) -> User:
    """May change people and add photos, and not add people."""
    clerk = User.objects.create_user("clerk", password="clerk", is_staff=True)
    names = ["view_person", "change_person", "view_photo", "add_photo"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=names))
    return clerk


def post(client: Client, url: str, data: bytes = b"", **fields: Any) -> Any:
    file = SimpleUploadedFile("1.jpg", data or picture(), "image/jpeg")
    return client.post(url, {"image": file, **fields})


def test_a_picture_is_told_its_fault_and_not_stored(operator_client: Client, ada: Person, media: Path) -> None:
    answer = post(operator_client, CHECK, person=ada.pk)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["state"], told["code"]) == ("bad", "no_face")
    assert told["sentence"].startswith("No face was found.")
    assert not Photo.objects.exists()


def test_a_frame_is_judged_with_what_is_missing(operator_client: Client, fake: FakeRecognisers) -> None:
    told = post(operator_client, FRAME, missing="up,left,nonsense", straight="3.5 120 -0.1").json()
    assert (told["hint"], told["sentence"], told["view"]) == ("come_closer", "Come closer.", None)
    assert fake.frames[0].missing == (View.LEFT, View.UP)
    assert fake.frames[0].straight == Straight(3.5, Light(120, -0.1))


@pytest.mark.parametrize("straight", ["", "1", "nan 1 1", "1 inf 1", "1e999 1 1", "x y z", "\0", "1 2 3 4"])
def test_a_straight_frame_that_nobody_can_have_seen_is_none(
    operator_client: Client, fake: FakeRecognisers, straight: str
) -> None:
    assert post(operator_client, FRAME, missing="left", straight=straight).status_code == 200
    assert fake.frames[0].straight is None


def test_a_request_without_a_picture_is_refused(operator_client: Client) -> None:
    assert operator_client.post(CHECK).status_code == 400
    assert operator_client.post(FRAME).status_code == 400
    assert operator_client.get(CHECK).status_code == 405
    assert post(operator_client, FRAME, b"x" * (frame_answers.FRAME_MAX_BYTES + 1)).status_code == 400


@pytest.mark.parametrize("person", ["x", "\0", "00000000-0000-0000-0000-000000000000", "9" * 5000])
def test_nobody_is_nobody(operator_client: Client, person: str) -> None:
    assert post(operator_client, CHECK, person=person).status_code == 404


def test_a_frame_that_cannot_be_decoded_is_a_sentence(operator_client: Client, fake: FakeRecognisers) -> None:
    fake.judgement = FrameJudgement("truncated")
    answer = post(operator_client, FRAME)
    assert answer.status_code == 400
    assert answer.json()["reason"].startswith("The picture is incomplete or damaged.")


def test_a_busy_site_says_when_to_come_back(operator_client: Client, fake: FakeRecognisers) -> None:
    fake.judgement = Busy(7)
    for url in (CHECK, FRAME):
        answer = post(operator_client, url)
        assert (answer.status_code, answer["Retry-After"]) == (503, "7")
        assert "try again" in answer.json()["reason"]


def test_a_picture_that_kills_its_reader_is_refused(operator_client: Client, fake: FakeRecognisers) -> None:
    fake.judgement = ReaderDied("the reader crashed")
    assert post(operator_client, CHECK).status_code == post(operator_client, FRAME).status_code == 422


def test_only_so_many_pictures_are_looked_at_in_a_minute(
    operator_client: Client, fake: FakeRecognisers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_answers, "calls_in_window", lambda name, caller: frame_answers.MOST_A_MINUTE + 1)
    answer = post(operator_client, FRAME)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert not fake.frames


def test_only_who_may_add_photos_has_pictures_looked_at(
    client: Client, clerk: User, viewer: User, ada: Person, fake: FakeRecognisers
) -> None:
    client.force_login(clerk)
    assert post(client, CHECK, person=ada.pk).status_code == 200
    assert post(client, CHECK).status_code == 403  # a new person, whom the clerk may not add
    assert post(client, FRAME).status_code == 200
    viewer.is_staff = True
    viewer.save()
    client.force_login(viewer)
    assert post(client, CHECK, person=ada.pk).status_code == 403
    assert post(client, FRAME).status_code == 403
    client.logout()
    assert post(client, FRAME).status_code == 302
    assert len(fake.frames) == 1


def test_a_hidden_person_does_not_exist(client: Client, clerk: User, ada: Person, grace: Person) -> None:
    shown = PersonGroup.objects.create(name="shown")
    shown.people.add(grace)
    PersonLimit.objects.create(user=clerk, group=shown)
    client.force_login(clerk)
    assert post(client, CHECK, person=grace.pk).status_code == 200
    assert post(client, CHECK, person=ada.pk).status_code == 404


def test_forged_requests_from_elsewhere_are_refused(operator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    assert post(client, CHECK).status_code == post(client, FRAME).status_code == 403


def test_every_hint_has_a_sentence() -> None:
    views = [f"look_{view}" for view in View]
    assert set(views) <= set(HINTS)
    assert all(sentence.endswith(".") for sentence in HINTS.values())
