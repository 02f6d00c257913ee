"""Encodings of another engine beside those in use: the same faces, in batches, gone on with after any stop."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from people.editing import services
from people.enrolling.enroller import Enroller
from people.errors import ReaderDied
from people.gallery import reencoding
from people.gallery.engine_choice import EngineChoice
from people.gallery.reencoding import enrolled_box, reencode_batch
from people.recognising.reader import PhotoReader
from people.recognition.engine.kinds import engine_key
from people.recognition.reading.face_encoding import FaceEncoding
from people.recognition.types import Box, Quality
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import unit_vector

Add = Callable[..., Photo]


class FakeReader:
    """Encodes everything in the same way and remembers which faces it was asked for."""

    engine = "new"

    def __init__(self) -> None:
        self.boxes: list[Box] = []
        self.answers: list[FaceEncoding | Exception] = []

    def start(self) -> None: ...

    def encode(self, data: bytes, *, box: Box, max_bytes: int) -> FaceEncoding:
        self.boxes.append(box)
        answer = self.answers.pop(0) if self.answers else FaceEncoding("ok", unit_vector(1), Quality(1, 1, 1, 0.7))
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def enrolled(ada: Person, add: Add) -> Callable[..., Photo]:
    def add_enrolled(seed: int = 0, state: str = "enrolled", **fields: object) -> Photo:
        photo = add(ada, seed)
        face = {"box": [10, 10, 60, 60], "score": 1, "quality": {}}
        reason = "looks_like_other" if state == "review" else ""
        Photo.objects.filter(pk=photo.pk).update(**{"state": state, "reason": reason, "faces": [face], **fields})
        Encoding.objects.create(photo=photo, engine="old", vector=unit_vector(seed), quality=0.9)
        photo.refresh_from_db()
        return photo

    return add_enrolled


@pytest.mark.django_db
class TestABatch:
    def test_it_encodes_what_is_missing_and_leaves_the_old_encodings(self, enrolled: Add) -> None:
        photo, held = enrolled(1), enrolled(2, state="review")
        reader = FakeReader()
        assert {done.photo for done in reencode_batch(reader)} == {photo.pk, held.pk}
        assert reencode_batch(reader) == []
        assert Encoding.objects.filter(engine="old").count() == 2
        made = Encoding.objects.get(engine="new", photo=photo)
        assert made.quality == pytest.approx(0.7)
        np.testing.assert_allclose(made.vector, unit_vector(1), atol=1e-6)

    def test_a_waiting_photo_is_left_to_enrolment(self, ada: Person, add: Add) -> None:
        add(ada)
        assert reencode_batch(FakeReader()) == []

    def test_batches_go_on_where_the_last_one_stopped(self, enrolled: Add, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reencoding, "BATCH", 2)
        for seed in range(5):
            enrolled(seed)
        sizes = [len(reencode_batch(FakeReader())) for _ in range(4)]
        assert sizes == [2, 2, 1, 0]

    def test_a_photo_that_cannot_be_encoded_is_told_and_does_not_stop_the_others(self, enrolled: Add) -> None:
        lost, cursed, truncated, good = (enrolled(seed) for seed in range(4))
        lost.image.storage.delete(lost.image.name)
        reader = FakeReader()
        reader.answers = [ReaderDied("crashed"), FaceEncoding("truncated")]
        problems = {done.photo: done.problem for done in reencode_batch(reader)}
        assert problems == {
            lost.pk: "file_missing",
            cursed.pk: "worker_failed",
            truncated.pk: "truncated",
            good.pk: "",
        }
        assert Encoding.objects.get(engine="new").photo == good
        assert reencode_batch(reader, leave_out=[lost.pk, cursed.pk, truncated.pk]) == []


def box_of(*, faces: list[list[int]], chosen: list[int] | None = None) -> Box | None:
    return enrolled_box(Photo(faces=[{"box": box} for box in faces], chosen_box=chosen))


def test_the_enrolled_face_is_the_biggest_the_chosen_or_somebodys_own_box() -> None:
    big, small, elsewhere = [0, 0, 100, 100], [200, 0, 250, 50], [400, 400, 450, 450]
    assert box_of(faces=[big, small]) == Box(*big)
    assert box_of(faces=[big, small], chosen=[202, 1, 252, 51]) == Box(*small)
    assert box_of(faces=[big, small], chosen=elsewhere) == Box(*elsewhere)
    assert box_of(faces=[]) is None


@pytest.mark.django_db
def test_the_command_reports_and_says_how_to_go_on(enrolled: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    EngineChoice.objects.create(engine="old")
    good, bad = enrolled(1), enrolled(2)
    bad.image.storage.delete(bad.image.name)
    monkeypatch.setattr("people.management.commands.reencode.PhotoReader", ClosableReader)
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("reencode", "--json", stdout=said)
    report = json.loads(said.getvalue())
    assert (report["engine"], report["active"], report["encoded"], report["missing"]) == ("new", False, 1, 1)
    assert [(line["photo"], line["reason"]) for line in report["failed"]] == [(str(bad.pk), "file_missing")]
    services.delete_photos(photos=[bad], by=None)
    said = StringIO()
    call_command("reencode", stdout=said)
    assert "manage.py switch_engine new" in said.getvalue()
    assert good.encodings.count() == 2


class ClosableReader(FakeReader):
    def __init__(self, cache_dir: Path, engine: str) -> None:
        super().__init__()

    def close(self) -> None: ...


@pytest.mark.integration
@pytest.mark.django_db(transaction=True)
async def test_the_same_engine_gives_the_same_encoding_of_an_enrolled_portrait(
    portraits: Path, media: Path, ada: Person
) -> None:
    """The enrolled face is encoded again, not another detection of it."""
    data = (portraits / "obama.jpg").read_bytes()
    await database_sync_to_async(services.add_photo)(person=ada, file=data, original_name="o.jpg", by=None)
    enroller = Enroller()
    await enroller.drain()
    await enroller.close()
    assert await EngineChoice.objects.aget() is not None
    await database_sync_to_async(again)()


def again() -> None:
    before = Encoding.objects.get(engine=engine_key())
    Encoding.objects.all().delete()
    reader = PhotoReader(Path(settings.MODEL_CACHE))
    try:
        (done,) = reencode_batch(reader)
    finally:
        reader.close()
    after = Encoding.objects.get(engine=engine_key())
    assert done.problem == ""
    np.testing.assert_allclose(after.vector, before.vector, atol=1e-4)
    assert after.quality == pytest.approx(before.quality)


@pytest.mark.django_db(transaction=True)
def test_processes_beside_each_other_encode_each_photo_once(enrolled: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reencoding, "BATCH", 1)
    photos = [enrolled(seed) for seed in range(60)]

    def work_off() -> list[UUID]:
        done: list[UUID] = []
        try:
            while batch := reencode_batch(FakeReader()):
                done += [each.photo for each in batch]
        finally:
            connection.close()
        return done

    with ThreadPoolExecutor(4) as processes:
        done = [photo for one in [processes.submit(work_off) for _ in range(4)] for photo in one.result()]
    assert sorted(done) == sorted(photo.pk for photo in photos)
