"""A video from the upload to its line of time, with scripted children: nothing of it is ever a sighting."""

from __future__ import annotations

import csv
import fcntl
import io
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from people.recognition.engine.kinds import DLIB, FUSED
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from streams.cases.case import Case
from streams.cases.making import case_loop
from streams.cases.video_entries import entries_of_video
from streams.correcting.corrections import Correction
from streams.errors import BadVideo, TooMuch
from streams.jobs.job_row import ATTEMPTS
from streams.jobs.working import JobLoop
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.videos import recording, services
from streams.videos.analysing import COUNTED, CUT_OFF, analyse_video, sweep_copies
from streams.videos.correcting import correct_face
from streams.videos.services import analyse_stored, analyse_upload
from streams.videos.video import Video, VideoLook, VideoSighting
from tests.api import client_of
from tests.streams.limited import World
from tests.streams.videos import scripts

pytestmark = pytest.mark.django_db
Work = Callable[..., Video]


@pytest.fixture
def upload(operator: User, media: Path) -> Callable[..., Video]:
    def uploaded(*, by: Any = None, **more: Any) -> Video:
        file = io.BytesIO(b"\0\0\0\x18ftypmp42 a video")
        return analyse_upload(title="Yard", file=file, by=by or operator, **more)

    return uploaded


@pytest.fixture
def work() -> Callable[..., bool]:
    """Does one round of the worker's loop with a scripted child."""

    def worked(target: Any, stop: threading.Event | None = None) -> bool:
        return JobLoop(Video, lambda claim, stop: analyse_video(claim, stop, target)).work_on_one(
            stop or threading.Event()
        )

    return worked


def enrol(person: Person) -> None:
    """Gives somebody one enrolled photo, so that they are in the gallery."""
    photo = Photo.objects.create(person=person, sha256=str(person.pk), state="enrolled", image="photos/1.jpg")
    for engine in (FUSED, DLIB):
        vector = np.zeros(engine.width, np.float32)
        vector[0] = 1
        Encoding.objects.create(photo=photo, engine=engine.key, vector=vector, quality=0.9)


@pytest.fixture
def ada(db: None) -> Person:
    person = Person.objects.create(name="Ada Lovelace")
    enrol(person)
    return person


@pytest.fixture
def analysed(upload: Any, work: Any, ada: Person) -> Video:
    video: Video = upload(began_at=datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert work(scripts.sees_everybody)
    video.refresh_from_db()
    return video


def page_of(user: User, url: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(url).content.decode()


def test_it_becomes_a_line_of_time_and_no_sighting(analysed: Video, ada: Person, operator: User) -> None:
    assert (analysed.state, analysed.problem, analysed.remark) == ("done", "", "")
    assert (analysed.done_s, analysed.length_s) == (scripts.LENGTH_S, scripts.LENGTH_S)
    assert [row.person for row in analysed.sightings.all()] == [ada, None, None]
    assert VideoLook.objects.exclude(picture="").count() == 3
    assert not Sighting.objects.exists()
    page = page_of(operator, f"/videos/{analysed.pk}/")
    assert "Ada Lovelace" in page
    assert "0:01:20" in page and "23 Nov 2026, 12:01:20" in page
    assert "Ada Lovelace" not in page_of(operator, "/sightings/")


def test_whoever_leaves_the_gallery_while_it_is_analysed_is_not_looked_for_any_more(
    upload: Any, work: Any, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows stand in for a child that takes hours: it is told of each newer gallery."""

    def withdraw_then_record(recorder: Any, change: Any) -> None:
        record(recorder, change)
        Person.objects.filter(pk=ada.pk).update(retired_at=Now())

    record = recording.VideoRecorder.change
    monkeypatch.setattr(recording.VideoRecorder, "change", withdraw_then_record)
    video = upload()
    assert work(scripts.sees_until_gone)
    assert [row.person for row in video.sightings.order_by("first_s")] == [ada, None]


def test_it_is_given_out_as_csv_and_over_the_api(analysed: Video, ada: Person, operator: User) -> None:
    api = client_of(operator)
    text = api.get(f"/api/v1/videos/{analysed.pk}/csv/").getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (rows[0]["who"], rows[0]["from"], rows[0]["from_at"]) == (ada.name, "0:00:00", "2026-11-23T12:00:00+00:00")
    listed = api.get(f"/api/v1/videos/{analysed.pk}/sightings/").json()
    assert listed["results"][0]["who"] == ada.name
    assert listed["count"] == 3


def test_it_becomes_a_case(analysed: Video, operator: User) -> None:
    client = Client()
    client.force_login(operator)
    assert "3 sightings" in client.get(f"/cases/new/?video={analysed.pk}").content.decode()
    client.post(f"/cases/new/?video={analysed.pk}", {"title": "Yard", "reason": "Asked by the police"})
    assert case_loop().work_on_one(threading.Event())
    case = Case.objects.get()
    assert (case.state, case.done, case.problem) == ("done", 3, "")


def test_a_case_says_of_a_corrected_face_that_it_was_corrected(analysed: Video, ada: Person, operator: User) -> None:
    unknown = analysed.sightings.filter(person=None).first()
    assert unknown is not None
    says = Correction(EditKind.IS, ada.pk)
    assert correct_face(face=unknown.pk, says=says, by=operator, page=f"/videos/{analysed.pk}/")
    by_id = {entry.id: entry for entry in entries_of_video(analysed, [str(unknown.pk)], operator)}
    entry = by_id[str(unknown.pk)]
    assert (entry.who, entry.how_sure) == (ada.name, "corrected by hand")
    assert entry.why == "Corrected by operator. The analysis says: unknown."


@pytest.mark.parametrize(
    ("target", "state", "words"),
    [
        (scripts.refuses, "failed", "The file holds sound only, no video."),
        (
            scripts.ends_early,
            "done",
            CUT_OFF.format(length="0:02:00", came="0:00:30"),
        ),
        (scripts.has_no_times, "done", COUNTED),
    ],
    ids=["refused", "cut off", "without times"],
)
def test_what_is_wrong_with_a_file_is_said(
    upload: Any, work: Any, operator: User, media: Path, target: Any, state: str, words: str
) -> None:
    video = upload()
    work(target)
    video.refresh_from_db()
    assert video.state == state
    assert words in (video.problem, video.remark)
    assert words in page_of(operator, f"/videos/{video.pk}/")
    if state == "failed":  # nothing half done
        assert not VideoSighting.objects.exists()
        assert not video.file and not list(media.glob("video*/*"))


def test_a_child_that_dies_is_tried_again_from_the_beginning_and_given_up_in_the_end(upload: Any, work: Any) -> None:
    video = upload()
    for attempt in range(1, ATTEMPTS + 1):
        Video.objects.update(due_at=Now() - timedelta(seconds=1))
        assert work(scripts.dies)
        video.refresh_from_db()
        assert video.attempts == attempt
    assert video.state == "failed"
    assert video.problem.startswith(f"It was tried {ATTEMPTS} times")


def test_after_a_dead_worker_another_begins_again_and_says_so(upload: Any, work: Any) -> None:
    video = upload()
    work(scripts.dies)
    Video.objects.update(due_at=Now() - timedelta(seconds=1))
    work(scripts.sees_everybody)
    video.refresh_from_db()
    assert (video.state, "began again" in video.remark) == ("done", True)
    assert video.sightings.count() == 2  # not those of the first try


def test_a_worker_that_stops_ends_the_child_and_gives_the_video_back(upload: Any, work: Any) -> None:
    video = upload()
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    work(scripts.goes_on, stop)
    video.refresh_from_db()
    assert (video.state, video.attempts) == ("waiting", 0)


def test_a_video_that_is_deleted_meanwhile_leaves_nothing(upload: Any, work: Any, media: Path) -> None:
    video = upload()

    def deletes(claim: Any, stop: Any) -> None:
        Video.objects.filter(pk=video.pk).delete()
        analyse_video(claim, stop, scripts.sees_everybody)

    assert JobLoop(Video, deletes).work_on_one(threading.Event())
    assert not VideoSighting.objects.exists() and not list(media.glob("video-faces/*"))


def test_too_many_faces_are_refused(upload: Any, work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_SIGHTINGS", 1)
    video = upload()
    work(scripts.sees_everybody)
    video.refresh_from_db()
    assert (video.state, "cut it into parts" in video.problem) == ("failed", True)
    assert not VideoSighting.objects.exists()


def test_bad_uploads_are_refused_before_anything_is_stored(
    operator: User, media: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ZIP_MAX_BYTES = 10
    for content, words in ((b"", "empty"), (b"x" * 11, "at most 0 MB")):
        with pytest.raises(BadVideo, match=words):
            analyse_upload(title="x", file=io.BytesIO(content), by=operator)
    for address in ("http://a.example/x.mp4", "gs://other/x.mp4", "clips/x.mp4", "gs://", "gs://b/x.txt"):
        with pytest.raises(BadVideo):
            analyse_stored(title="x", address=address, by=operator)
    year_26, far = datetime(26, 11, 23, 12, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    for began_at, words in ((year_26, "in the year 26: give all four digits"), (far, "in the future")):
        with pytest.raises(BadVideo, match=words):
            analyse_upload(title="x", file=io.BytesIO(b"x"), began_at=began_at, by=operator)
    assert not Video.objects.exists() and not list(media.glob("videos/*"))
    monkeypatch.setattr(services, "MOST_UNENDED", 0)
    with pytest.raises(TooMuch, match="waiting already"):
        analyse_upload(title="x", file=io.BytesIO(b"x"), by=operator)


def test_a_moment_beyond_the_calendar_is_refused_by_page_and_api(operator: User, media: Path, settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    client = Client()
    client.force_login(operator)
    told = {"title": "x", "began_at": "9999-12-31T23:59"}
    page = client.post("/videos/add/", {**told, "file": SimpleUploadedFile("a.mp4", b"film")})
    assert (page.status_code, "in the future" in page.content.decode()) == (400, True)
    file = SimpleUploadedFile("a.mp4", b"film")
    answer = client_of(operator).post("/api/v1/videos/", {**told, "file": file}, format="multipart")
    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (400, "began_at")
    assert not Video.objects.exists()


def test_the_page_refuses_in_words_and_takes_a_file(operator: User, media: Path, settings: Any) -> None:
    settings.VIDEO_BUCKETS = ["yard"]
    client = Client()
    client.force_login(operator)
    assert "one of the two" in client.post("/videos/add/", {"title": "x"}).content.decode()
    bad = client.post("/videos/add/", {"title": "x", "address": "gs://other/x.mp4"})
    assert (bad.status_code, "not allowed" in bad.content.decode()) == (400, True)
    empty = client.post("/videos/add/", {"title": "x", "file": SimpleUploadedFile("a.mp4", b"")})
    assert "empty" in empty.content.decode()
    for told in ({"file": SimpleUploadedFile("a.mp4", b"film")}, {"address": "gs://yard/x.mp4"}):
        assert client.post("/videos/add/", {"title": "x", "began_at": "2026-11-23T12:00", **told}).status_code == 302
    assert Video.objects.count() == 2


def test_limits_hold_for_what_is_seen_in_it(upload: Any, work: Any, media: Path) -> None:
    world = World.made()
    enrol(world.ada), enrol(world.bob)
    boss = User.objects.create_superuser("boss")
    video = upload(by=boss)
    work(scripts.sees_everybody)
    limited = User.objects.create_user("limited")
    limited.user_permissions.set(_rights("view_video", "analyse_video"))
    assert "Bob Hidden" in page_of(limited, f"/videos/{video.pk}/")
    world.limit_people(user=limited)
    client = Client()
    client.force_login(limited)
    assert client.get(f"/videos/{video.pk}/").status_code == 404  # of somebody else
    Video.objects.update(created_by=limited)
    page = client.get(f"/videos/{video.pk}/").content.decode()
    assert "Ada Lovelace" in page and "Bob Hidden" not in page and "data-player" not in page
    of_bob = VideoLook.objects.get(sighting__person=world.bob)
    of_ada = VideoLook.objects.get(sighting__person=world.ada)
    assert client.get(f"/media/video-faces/{of_bob.pk}/").status_code == 404
    assert client.get(f"/media/video-faces/{of_ada.pk}/").status_code == 200
    assert client.get(f"/media/videos/{video.pk}/").status_code == 404  # the whole picture shows everybody
    assert "Bob" not in client.get(f"/videos/{video.pk}/csv/").getvalue().decode()


def test_without_the_rights_nothing_is_seen_or_added(analysed: Video, viewer: User, stranger: User) -> None:
    viewer.user_permissions.clear()
    for user in (viewer, stranger):
        client = Client()
        client.force_login(user)
        for url in ("/videos/", "/videos/add/", f"/videos/{analysed.pk}/", f"/media/videos/{analysed.pk}/"):
            assert client.get(url).status_code == 403


def test_a_player_gets_the_part_that_it_asks_for(analysed: Video, operator: User) -> None:
    client = Client()
    client.force_login(operator)
    url = f"/media/videos/{analysed.pk}/"
    whole = client.get(url)
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "video/mp4")
    content = whole.getvalue()
    part = client.get(url, headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.getvalue(), part.headers["Content-Range"]) == (
        206,
        b"ftyp",
        f"bytes 4-7/{len(content)}",
    )
    assert client.get(url, headers={"Range": "bytes=8-"}).getvalue() == content[8:]
    assert client.get(url, headers={"Range": "bytes=999-"}).status_code == 416


def test_after_its_time_all_of_it_goes(analysed: Video, media: Path) -> None:
    assert list(media.glob("video-faces/*")) and list(media.glob("videos/*"))
    Video.objects.update(finished_at=timezone.now() - timedelta(days=31))
    call_command("tidy")
    assert not Video.objects.exists()
    assert not list(media.glob("video*/*"))


def _rights(*names: str) -> Any:
    return Permission.objects.filter(codename__in=names)


def test_a_copy_that_a_killed_worker_has_left_is_deleted_and_one_in_use_is_not(settings: Any, tmp_path: Path) -> None:
    settings.VIDEO_CACHE = tmp_path / "videos"
    left, used, new, other = (tmp_path / name for name in ("evidence-1", "evidence-2", "evidence-3", "secret-key"))
    for path in (left, used, new, other):
        path.write_bytes(b"video")
        if path != new:
            os.utime(path, (time.time() - 3600,) * 2)
    with used.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        assert sweep_copies() == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evidence-2", "evidence-3", "secret-key"]
