"""Searching sightings by a face over the API: exact, within one's rights, and written down."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.recognising.uploaded import look
from people.recognition.engine.kinds import FUSED
from people.records.person import Person
from streams.cameras.services import save_camera
from streams.pipeline.messages import MeanEncoding
from streams.records.camera import Camera
from streams.records.groups import CameraGroup, CameraLimit
from streams.records.identity_edit import IdentityEdit
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import SightingEncoding, keep_encoding
from streams.searching import search as searching
from tests.api import client_of
from tests.streams.said import encoding
from tests.streams.seen import NOON, seen

URL = "/api/v1/sightings/search/"


def sighting(camera: Camera, distance: float, *, towards: int = 1, engine: str = "engine", **fields: Any) -> Sighting:
    """A sighting whose face is `distance` from that of `wanted`."""
    sighting = seen(camera, **fields)
    keep_encoding(sighting=sighting, encoding=encoding(towards=towards, distance=distance, engine=engine))
    return sighting


@pytest.fixture
def wanted(camera: Camera) -> Sighting:
    return sighting(camera, 0.0)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each["sighting"]["id"] for each in answer.json()["results"]]


def pks(*sightings: Sighting) -> list[str]:
    return [str(sighting.pk) for sighting in sightings]


def test_the_nearest_come_first_with_what_their_distance_says(
    as_operator: APIClient, camera: Camera, wanted: Sighting
) -> None:
    perhaps, same, far = sighting(camera, 0.43), sighting(camera, 0.2, towards=2), sighting(camera, 0.5)
    answer = as_operator.post(URL, {"sighting": wanted.pk})
    assert ids(answer) == pks(same, perhaps)
    body = answer.json()
    assert [each["similarity"] for each in body["results"]] == ["match", "unknown"]
    assert body["results"][0]["distance"] == pytest.approx(0.2, abs=1e-4)
    assert (body["searched"], body["within"], body["more"], body["faces"]) == (3, 0.45, False, [])
    wider = as_operator.post(URL, {"sighting": wanted.pk, "within": 0.55}).json()["results"]
    assert (wider[-1]["sighting"]["id"], wider[-1]["similarity"]) == (str(far.pk), "unknown")


def test_it_is_exact_among_many(as_operator: APIClient, camera: Camera) -> None:
    random = np.random.default_rng(5)
    vectors = random.standard_normal((300, 128)).astype(np.float32) + 4 * random.standard_normal(128).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    sightings = [seen(camera) for _ in vectors]
    for sighting, vector in zip(sightings, vectors, strict=True):
        keep_encoding(sighting=sighting, encoding=MeanEncoding("engine", vector.tobytes(), 0.8))
    apart = np.linalg.norm(vectors - vectors[0], axis=1)
    expected = [sightings[number].pk for number in np.argsort(apart) if 0 < apart[number] <= 0.36]
    answer = as_operator.post(URL, {"sighting": sightings[0].pk, "within": 0.36, "limit": 100})
    assert ids(answer) == [str(pk) for pk in expected[:100]] and len(expected) > 20
    assert answer.json()["more"] == (len(expected) > 100)


def test_it_says_when_there_are_more(as_operator: APIClient, camera: Camera, wanted: Sighting) -> None:
    near, _ = sighting(camera, 0.1), sighting(camera, 0.2)
    answer = as_operator.post(URL, {"sighting": wanted.pk, "limit": 1})
    assert (ids(answer), answer.json()["more"]) == (pks(near), True)


def test_the_filters_of_the_list_narrow_it(as_operator: APIClient, camera: Camera, wanted: Sighting) -> None:
    yard = save_camera(camera=Camera(name="Yard", slug="yard", source="0"))
    ada = Person.objects.create(name="Ada")
    there, late = sighting(yard, 0.1), sighting(camera, 0.2, at=NOON + timedelta(hours=3))
    named = sighting(camera, 0.3, person=ada)

    def found(**filters: Any) -> list[str]:
        return ids(as_operator.post(URL, {"sighting": wanted.pk, **filters}))

    assert found(camera="yard") == pks(there)
    assert found(seen_after=(NOON + timedelta(hours=1)).isoformat()) == pks(late)
    assert found(person=ada.pk) == found(verdict="match") == pks(named)
    assert found(verdict=["match", "unknown"], seen_before=(NOON + timedelta(hours=1)).isoformat()) == pks(there, named)


def test_encodings_of_another_engine_are_never_compared(
    as_operator: APIClient, camera: Camera, wanted: Sighting
) -> None:
    sighting(camera, 0.0, engine="another")
    answer = as_operator.post(URL, {"sighting": wanted.pk})
    assert (ids(answer), answer.json()["searched"]) == ([], 0)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid"),
        ({"sighting": str(uuid4())}, "does_not_exist"),
        ({"sighting": "x", "camera": "door"}, "invalid"),
        ({"box": "1,2,3"}, "invalid"),
        ({"camera": "nowhere"}, "invalid"),
        ({"verdict": "guilty"}, "invalid_choice"),
        ({"seen_after": "yesterday"}, "invalid"),
        ({"within": 0.9}, "max_value"),
        ({"within": "nan"}, "invalid"),
        ({"limit": 101}, "max_value"),
        ({"colour": "red"}, "invalid"),
        ({"watchlist": "99"}, "invalid"),
    ],
)
def test_a_search_without_sense_is_refused_and_not_made(
    as_operator: APIClient, wanted: Sighting, body: dict[str, Any], code: str
) -> None:
    whole = body if not body else {"sighting": str(wanted.pk), **body}
    answer = as_operator.post(URL, whole)
    assert answer.status_code == 400
    assert [each["code"] for each in answer.json()["error"]["details"]] == [code]
    assert not SearchLog.objects.exists()


def test_a_sighting_whose_encoding_is_gone_cannot_be_searched_by(
    as_operator: APIClient, camera: Camera, wanted: Sighting
) -> None:
    SightingEncoding.objects.all().delete()
    answer = as_operator.post(URL, {"sighting": wanted.pk})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "no_encoding")


def test_either_right_alone_searches_nothing(stranger: User, wanted: Sighting) -> None:
    for codename in ("search_sightings", "view_sighting"):
        stranger.user_permissions.set(Permission.objects.filter(codename=codename))
        assert client_of(User.objects.get(pk=stranger.pk)).post(URL, {"sighting": wanted.pk}).status_code == 403
    assert not SearchLog.objects.exists()


def test_every_search_is_written_down(as_operator: APIClient, operator: User, camera: Camera, wanted: Sighting) -> None:
    sighting(camera, 0.1)
    as_operator.post(URL, {"sighting": wanted.pk, "camera": "door", "verdict": ["unknown", "match"]})
    row = SearchLog.objects.get()
    assert (row.by, row.key, row.who, row.sighting) == (operator, None, "operator", wanted.pk)
    assert row.filters == {"camera": "door", "verdict": "unknown, match"}
    assert (row.within, row.engine, row.searched, row.found) == (pytest.approx(0.45), "engine", 1, 1)


def test_what_is_written_down_is_what_held_and_is_short(as_operator: APIClient, wanted: Sighting) -> None:
    """Auditors read these lists: nobody may bury them under megabytes."""
    sent = {
        "sighting": wanted.pk,
        "person": "-" * 100_000 + str(uuid4()),
        "seen_after": ["x" * 100_000, " " * 100_000 + "2026-11-23T08:00:00Z"],
        "verdict": ["unknown"] * 50,
    }
    assert as_operator.post(URL, sent).status_code == 200
    row = SearchLog.objects.get()
    assert row.filters["seen_after"] == "2026-11-23T08:00:00Z" and row.filters["verdict"] == "unknown"
    assert len(row.filters["person"]) == 200


def test_a_search_by_a_key_names_the_key_and_its_owner(operator: User, wanted: Sighting) -> None:
    key, text = make_key(name="Door system", scopes=["search_sightings"], by=operator)
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=text)
    assert client.post(URL, {"sighting": wanted.pk}).status_code == 200
    row = SearchLog.objects.get()
    assert (row.by, row.key) == (operator, key) and "Door system" in row.who and "operator" in row.who
    operator.delete()  # its keys go with it
    assert SearchLog.objects.get().who == row.who


def test_nothing_is_shown_that_is_not_written_down(
    as_operator: APIClient, wanted: Sighting, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    sighting(camera, 0.1)

    def fails(**_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(SearchLog.objects, "create", fails)
    with pytest.raises(OSError, match="full"):
        as_operator.post(URL, {"sighting": wanted.pk})


def test_encodings_are_in_no_answer_and_no_log(
    as_operator: APIClient, wanted: Sighting, camera: Camera, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "people")
    caplog.set_level(logging.DEBUG, "streams")
    sighting(camera, 0.1)
    answer = as_operator.post(URL, {"sighting": wanted.pk})
    number = f"{np.asarray(SightingEncoding.objects.get(sighting=wanted).vector)[0]:.4f}"
    assert "vector" not in answer.content.decode() and number not in caplog.text


def test_more_sightings_ask_the_database_no_more_often(
    as_operator: APIClient, wanted: Sighting, camera: Camera
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            as_operator.post(URL, {"sighting": wanted.pk})
        # The clock alone decides which search notes the bases that began or ended.
        return sum("people_note_bases_by_the_clock" not in str(each["sql"]) for each in captured)

    sighting(camera, 0.1)
    queries()  # the first one of a process reads the gallery
    few = queries()
    for number in range(9):
        sighting(camera, 0.1 + number / 100, person=Person.objects.create(name=f"Person {number}"))
    assert queries() == few
    for row in Sighting.objects.filter(person__isnull=False):
        edit = IdentityEdit.objects.create(kind="confirm", who="Ann")
        Sighting.objects.filter(pk=row.pk).update(edit=edit, machine_verdict="match", machine_person=row.person)
    assert queries() == few


def test_a_search_that_takes_too_long_is_given_up(
    as_operator: APIClient, wanted: Sighting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(searching, "TIMEOUT_S", 0.05)
    monkeypatch.setattr("streams.records.sighting.SightingQuerySet.near", slow)
    answer = as_operator.post(URL, {"sighting": wanted.pk})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_slow")
    assert not SearchLog.objects.exists()


def test_too_many_at_once_are_told_to_come_back(
    as_operator: APIClient, wanted: Sighting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "WAIT_S", 0.01)
    with searching._a_place(), searching._a_place():
        answer = as_operator.post(URL, {"sighting": wanted.pk})
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
    assert answer.headers["Retry-After"]
    assert as_operator.post(URL, {"sighting": wanted.pk}).status_code == 200


def test_auditors_see_searches_and_nobody_changes_them(
    client: Any, viewer: User, operator: User, as_operator: APIClient, wanted: Sighting
) -> None:
    as_operator.post(URL, {"sighting": wanted.pk, "camera": "door"})
    row = SearchLog.objects.get()
    viewer.is_staff = True
    viewer.save()
    client.force_login(viewer)
    page = client.get("/admin/streams/searchlog/").content.decode()
    assert "operator" in page and "camera: door" in page
    for who in (viewer, operator):
        client.force_login(who)
        assert client.get(f"/admin/streams/searchlog/{row.pk}/change/").status_code == 200
        assert client.post(f"/admin/streams/searchlog/{row.pk}/change/", {"who": "x"}).status_code == 403
        assert client.post(f"/admin/streams/searchlog/{row.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.get("/admin/streams/searchlog/add/").status_code == 403


def test_a_limited_auditor_sees_their_own_searches_alone(
    client: Any, viewer: User, as_operator: APIClient, wanted: Sighting, camera: Camera
) -> None:
    as_operator.post(URL, {"sighting": wanted.pk})
    group = CameraGroup.objects.create(name="Doors")
    group.cameras.add(camera)
    CameraLimit.objects.create(group=group, user=viewer)
    viewer.is_staff = True
    viewer.save()
    viewer.user_permissions.add(Permission.objects.get(codename="search_sightings"))
    client_of(viewer).post(URL, {"sighting": wanted.pk})
    client.force_login(viewer)
    assert {row.who for row in client.get("/admin/streams/searchlog/").context["cl"].queryset} == {"viewer"}


def test_nobody_finds_what_lies_beyond_their_limits(operator: User, camera: Camera, wanted: Sighting) -> None:
    yard = save_camera(camera=Camera(name="Yard", slug="yard", source="0"))
    group = CameraGroup.objects.create(name="Doors")
    group.cameras.add(camera)
    key, text = make_key(name="k", scopes=["search_sightings"], by=operator)
    CameraLimit.objects.create(group=group, key=key)
    near, hidden = sighting(camera, 0.1), sighting(yard, 0.05)
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=text)
    answer = client.post(URL, {"sighting": wanted.pk})
    assert (ids(answer), answer.json()["searched"]) == (pks(near), 1)
    assert client.post(URL, {"sighting": hidden.pk}).status_code == 400
    assert client.post(URL, {"sighting": wanted.pk, "camera": "yard"}).status_code == 400


@pytest.fixture
def upload(portraits: Path) -> Callable[[str], Any]:
    return lambda name: SimpleUploadedFile(name, (portraits / name).read_bytes())


@pytest.fixture
def real(portraits: Path, camera: Camera) -> dict[str, Sighting]:
    """Sightings whose encodings come from real portraits."""
    sightings = {}
    for name in ("obama2.jpg", "obama3.jpg", "biden.jpg"):
        probes, engine = look((portraits / name).read_bytes(), most=1)
        vector = probes.found[0].vector
        assert vector is not None
        sightings[name] = seen(camera)
        keep_encoding(sighting=sightings[name], encoding=MeanEncoding(engine, vector.tobytes(), 0.9))
    return sightings


@pytest.mark.integration
@pytest.mark.usefixtures("lookers", "media")
class TestByPicture:
    def test_a_picture_finds_the_sightings_of_its_face(
        self, as_operator: APIClient, real: dict[str, Sighting], upload: Callable[[str], Any], portraits: Path
    ) -> None:
        answer = as_operator.post(URL, {"image": upload("obama.jpg")})
        assert set(ids(answer)) == set(pks(real["obama2.jpg"], real["obama3.jpg"]))
        assert {each["similarity"] for each in answer.json()["results"]} == {"match"}
        assert [face["chosen"] for face in answer.json()["faces"]] == [True]
        row = SearchLog.objects.get()
        digest = hashlib.sha256((portraits / "obama.jpg").read_bytes()).hexdigest()
        assert (row.picture_sha256, row.sighting, row.searched, row.found) == (digest, None, 3, 2)

    def test_a_face_is_chosen_by_its_box(
        self, as_operator: APIClient, real: dict[str, Sighting], upload: Callable[[str], Any]
    ) -> None:
        (face,) = as_operator.post(URL, {"image": upload("biden.jpg")}).json()["faces"]
        box = ",".join(map(str, face["box"]))
        assert ids(as_operator.post(URL, {"image": upload("biden.jpg"), "box": box})) == pks(real["biden.jpg"])
        refused = as_operator.post(URL, {"image": upload("biden.jpg"), "box": "0,0,5,5"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "no_such_face")

    def test_what_is_no_picture_of_a_face_is_refused_with_the_reason(self, as_operator: APIClient) -> None:
        answer = as_operator.post(URL, {"image": SimpleUploadedFile("a.png", b"no picture")})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "not_an_image")
        assert not SearchLog.objects.exists()

    def test_nothing_of_the_picture_is_kept(
        self, as_operator: APIClient, upload: Callable[[str], Any], media: Path, db: None
    ) -> None:
        as_operator.post(URL, {"image": upload("obama.jpg")})
        assert not list(media.rglob("*.*"))
        assert not SightingEncoding.objects.exists()


def test_sightings_of_another_engine_are_counted_and_not_compared(
    as_operator: APIClient, camera: Camera, wanted: Sighting
) -> None:
    near = sighting(camera, 0.2)
    other = seen(camera)
    vector = np.zeros(256, np.float32)
    vector[0] = 1
    keep_encoding(sighting=other, encoding=MeanEncoding(FUSED.key, vector.tobytes(), 0.9))
    answer = as_operator.post(URL, {"sighting": wanted.pk})
    assert ids(answer) == pks(near)
    assert (answer.json()["searched"], answer.json()["of_other_engines"]) == (1, 1)
    alone = as_operator.post(URL, {"sighting": other.pk}).json()
    assert (alone["results"], alone["searched"], alone["of_other_engines"]) == ([], 0, 2)


def test_a_search_goes_no_further_than_its_engine_tells_people_apart(
    as_operator: APIClient, camera: Camera, wanted: Sighting
) -> None:
    sighting(camera, 0.7)
    answer = as_operator.post(URL, {"sighting": wanted.pk, "within": 0.8})
    assert (ids(answer), answer.json()["within"]) == ([], 0.6)


def test_what_somebody_said_is_no_face_is_not_found_until_that_is_undone(
    as_operator: APIClient, camera: Camera, wanted: Sighting
) -> None:
    poster, of_another_engine = sighting(camera, 0.2), sighting(camera, 0.2, engine="another")
    edits = [
        as_operator.post(f"/api/v1/sightings/{each.pk}/correct/", {"no_face": True}).json()["edit"]
        for each in (poster, of_another_engine)
    ]
    answer = as_operator.post(URL, {"sighting": wanted.pk})
    assert (ids(answer), answer.json()["of_other_engines"]) == ([], 0)
    refused = as_operator.post(URL, {"sighting": poster.pk})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "no_encoding")
    for edit in edits:
        assert as_operator.post(f"/api/v1/edits/{edit}/undo/").status_code == 200
    answer = as_operator.post(URL, {"sighting": wanted.pk})
    assert (ids(answer), answer.json()["of_other_engines"]) == (pks(poster), 1)
