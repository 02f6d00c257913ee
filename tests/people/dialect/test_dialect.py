"""CompreFace's addresses without its client: what they accept, refuse and guard."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image
from rest_framework.test import APIClient

from people.dialect.subjects import subject_named
from people.editing.photo_decisions import reject_photo
from people.editing.services import add_photo
from people.errors import Busy
from people.recognising import uploaded
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.api import NOBODY
from tests.people.conftest import near, picture, unit_vector

ROOT = "/api/v1/"
SOMEBODY = NOBODY
NOT_A_KEY, UNKNOWN_KEY = "x", "00000000-0000-4000-8000-000000000000"
# Each address and method with the scopes that it needs; without one of them it is 403.
RIGHTS = [
    ("post", "recognition/recognize", ["recognise"]),
    ("get", "recognition/faces", ["read_people"]),
    ("post", "recognition/faces?subject=Ada", ["write_people"]),
    ("delete", "recognition/faces?subject=Ada", ["write_people"]),
    ("delete", "recognition/faces", ["write_people", "delete_everybody"]),
    ("post", "recognition/faces/delete", ["write_people"]),
    ("delete", f"recognition/faces/{SOMEBODY}", ["write_people"]),
    ("get", f"recognition/faces/{SOMEBODY}/img", ["read_people"]),
    ("post", f"recognition/faces/{SOMEBODY}/verify", ["recognise"]),
    ("get", "recognition/subjects", ["read_people"]),
    ("post", "recognition/subjects", ["write_people"]),
    ("delete", "recognition/subjects", ["write_people", "delete_everybody"]),
    ("put", "recognition/subjects/Ada", ["write_people"]),
    ("delete", "recognition/subjects/Ada", ["write_people"]),
    ("post", "recognition/embeddings/recognize", ["recognise", "read_encodings"]),
    ("post", f"recognition/embeddings/faces/{SOMEBODY}/verify", ["recognise", "read_encodings"]),
    ("post", "detection/detect", ["recognise"]),
    ("post", "verification/verify", ["recognise"]),
    ("post", "verification/embeddings/verify", ["recognise", "read_encodings"]),
]
ALL = ["read_people", "write_people", "delete_everybody", "recognise", "read_encodings", "read_sightings"]


def saved_anew(file: Path) -> bytes:
    """The same pixels in another file."""
    made = BytesIO()
    Image.open(file).save(made, "PNG", compress_level=1)
    return made.getvalue()


def refusal_of(answer: Any) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(("method", "path", "scopes"), RIGHTS)
def test_each_address_needs_exactly_its_scopes(
    method: str, path: str, scopes: list[str], limited: Callable[..., APIClient], media: Path
) -> None:
    assert getattr(limited(*scopes), method)(ROOT + path, {}, format="json").status_code != 403
    for lacking in scopes:
        others = [scope for scope in ALL if scope != lacking]
        if lacking == "read_people":
            others.remove("write_people")  # which reads, too
        assert getattr(limited(*others), method)(ROOT + path, {}, format="json").status_code == 403


@pytest.mark.parametrize(("method", "path", "scopes"), RIGHTS)
def test_no_address_answers_without_a_key(
    method: str, path: str, scopes: list[str], operator: Any, media: Path
) -> None:
    asker = APIClient()
    asker.force_login(operator)  # a session is no key: other sites could ride on it
    assert refusal_of(getattr(asker, method)(ROOT + path)) == (400, 20)
    assert refusal_of(getattr(asker, method)(ROOT + path, headers={"x-api-key": NOT_A_KEY})) == (400, 26)
    assert refusal_of(getattr(asker, method)(ROOT + path, headers={"x-api-key": UNKNOWN_KEY})) == (404, 10)


def test_methods_that_compreface_has_not_are_refused(client: APIClient) -> None:
    for path in {path for _, path, _ in RIGHTS}:
        for method in ("patch", "options", "trace"):
            assert client.generic(method.upper(), ROOT + path).status_code in (403, 405)


BAD_QUERIES = ["limit=-1", "limit=x", "prediction_count=0", "prediction_count=99999", "det_prob_threshold=2"]


@pytest.mark.parametrize("query", [*BAD_QUERIES, "det_prob_threshold=nan", "limit=%00"])
def test_bad_parameters_are_refused(client: APIClient, query: str) -> None:
    answer = client.post(f"{ROOT}recognition/recognize?{query}", {"file": SimpleUploadedFile("a.jpg", b"x")})
    assert refusal_of(answer) == (400, 26)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 34),
        ({"file": ""}, 34),
        ({"file": 5}, 26),
        ({"file": ["x"]}, 26),
        ({"file": "no base64!"}, 26),
        ({"file": base64.b64encode(b"no picture").decode()}, 21),
        ([], 34),
        ("x", 34),
        (None, 34),
    ],
)
@pytest.mark.parametrize("path", ["recognition/recognize", "detection/detect", "recognition/faces?subject=Ada"])
def test_bad_pictures_are_refused_and_leave_nothing(client: APIClient, path: str, body: Any, code: int) -> None:
    assert refusal_of(client.post(ROOT + path, body, format="json")) == (400, code)
    assert not Person.objects.exists()


def test_a_picture_that_is_too_large_is_refused(client: APIClient, settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 100
    answer = client.post(f"{ROOT}detection/detect", {"file": SimpleUploadedFile("a.jpg", picture())})
    assert refusal_of(answer) == (413, 0)


@pytest.mark.parametrize("text", ["{", "[1", '{"a": NaN}', "\xff", "[" * 100_000])
def test_broken_json_is_refused(client: APIClient, text: str) -> None:
    for path in ("recognition/subjects", "recognition/recognize", "verification/embeddings/verify"):
        answer = client.generic("POST", ROOT + path, text, content_type="application/json")
        assert answer.status_code == 400 and set(answer.json()) == {"message", "code"}


@pytest.mark.parametrize("name", [None, "", "  ", "x" * 201, "a\0b", "a\nb", 5, ["Ada"], {"a": 1}])
def test_bad_names_are_refused(client: APIClient, name: Any) -> None:
    assert client.post(f"{ROOT}recognition/subjects", {"subject": name}, format="json").status_code == 400
    assert not Person.objects.exists()


@pytest.mark.parametrize("name", ["../..", "%00", "x" * 300, "a%0Ab", "Nobody"])
def test_names_in_addresses_find_nobody(client: APIClient, name: str) -> None:
    answer = client.delete(f"{ROOT}recognition/subjects/{name}")
    assert answer.status_code in (400, 404)


def test_names_of_any_script_are_kept(client: APIClient) -> None:
    for name in ("Čapek & söhne", "李小龙", "O'Neill; DROP TABLE", "Ада Лавлейс"):
        assert client.post(f"{ROOT}recognition/subjects", {"subject": name}, format="json").status_code == 201
        assert client.put(f"{ROOT}recognition/subjects/{name}", {"subject": name + "!"}, format="json").json() == {
            "updated": True
        }
    assert len(client.get(f"{ROOT}recognition/subjects").json()["subjects"]) == 4


def test_renaming_to_a_name_that_exists_merges_into_who_has_it(
    client: APIClient, enrolled: Callable[..., Photo]
) -> None:
    kept = enrolled("Ada", unit_vector(1)).person
    enrolled("Ada King", unit_vector(2))
    enrolled("ada king", unit_vector(3))
    answer = client.put(f"{ROOT}recognition/subjects/Ada King", {"subject": "Ada"}, format="json")
    assert answer.json() == {"updated": True}
    assert client.get(f"{ROOT}recognition/subjects").json() == {"subjects": ["Ada"]}
    assert client.get(f"{ROOT}recognition/faces?subject=ada").json()["total_elements"] == 3
    assert Person.objects.get() == kept


def test_a_name_in_other_letters_is_no_merge(client: APIClient, enrolled: Callable[..., Photo]) -> None:
    enrolled("Ada", unit_vector(1))
    enrolled("ada", unit_vector(2))
    client.put(f"{ROOT}recognition/subjects/Ada", {"subject": "ADA"}, format="json")
    assert [person.name for person in Person.objects.all()] == ["ADA", "ADA"]


def test_a_rename_that_would_merge_needs_the_right_to_delete(
    limited: Callable[..., APIClient], enrolled: Callable[..., Photo], operator: Any
) -> None:
    enrolled("Ada", unit_vector(1))
    enrolled("Ada King", unit_vector(2))
    key = limited("write_people")
    operator.is_superuser = False
    operator.save()
    operator.user_permissions.set(Permission.objects.filter(codename="change_person"))
    url = f"{ROOT}recognition/subjects/Ada King"
    assert key.put(url, {"subject": "Ada"}, format="json").status_code == 403
    assert Person.objects.count() == 2
    assert key.put(url, {"subject": "Ada Byron"}, format="json").status_code == 200


def test_the_retired_are_no_subjects(client: APIClient, enrolled: Callable[..., Photo]) -> None:
    photo = enrolled("Ada", unit_vector(1))
    Person.objects.update(retired_at="2026-11-23T12:00Z")
    assert client.get(f"{ROOT}recognition/subjects").json() == {"subjects": []}
    assert client.get(f"{ROOT}recognition/faces").json()["faces"] == []
    assert refusal_of(client.delete(f"{ROOT}recognition/faces/{photo.pk}")) == (404, 44)


def test_faces_are_listed_by_pages(client: APIClient, enrolled: Callable[..., Photo]) -> None:
    photos = [enrolled(f"Person {number}", unit_vector(number)) for number in range(5)]
    page = client.get(f"{ROOT}recognition/faces?page=1&size=2").json()
    assert page["faces"] == [{"image_id": str(photo.pk), "subject": photo.person.name} for photo in photos[2:4]]
    assert (page["page_number"], page["page_size"], page["total_pages"], page["total_elements"]) == (1, 2, 3, 5)
    assert client.get(f"{ROOT}recognition/faces?size=0").status_code == 400


def test_several_faces_are_deleted_by_id_and_unknown_ids_passed_over(
    client: APIClient, enrolled: Callable[..., Photo]
) -> None:
    photo = enrolled("Ada", unit_vector(1))
    ids = [str(photo.pk), str(SOMEBODY), "x", 5, None]
    answer = client.post(f"{ROOT}recognition/faces/delete", ids, format="json")
    assert answer.json() == [{"image_id": str(photo.pk), "subject": "Ada"}]
    assert not Photo.objects.exists()
    assert client.post(f"{ROOT}recognition/faces/delete", {"a": 1}, format="json").status_code == 400


def test_a_missing_picture_is_empty(client: APIClient) -> None:
    answer = client.get(f"{ROOT}recognition/faces/{SOMEBODY}/img")
    assert (answer.status_code, answer.content) == (200, b"")


def test_embeddings_are_recognised_and_compared(client: APIClient, enrolled: Callable[..., Photo]) -> None:
    ada, grace = unit_vector(1), unit_vector(2)
    photo = enrolled("Ada", ada)
    enrolled("Grace", grace)
    probe = (2 * near(ada, 0.3)).tolist()  # of any length
    answer = client.post(
        f"{ROOT}recognition/embeddings/recognize?prediction_count=2", {"embeddings": [probe]}, format="json"
    ).json()["result"][0]
    assert answer["embedding"] == probe
    assert [each["subject"] for each in answer["similarities"]] == ["Ada", "Grace"]
    assert answer["similarities"][0]["similarity"] > 0.9
    url = f"{ROOT}recognition/embeddings/faces/{photo.pk}/verify"
    (verified,) = client.post(url, {"embeddings": [probe]}, format="json").json()["result"]
    assert verified["similarity"] > 0.9
    body = {"source": ada.tolist(), "targets": [grace.tolist(), probe]}
    result = client.post(f"{ROOT}verification/embeddings/verify", body, format="json").json()["result"]
    assert [each["embedding"] for each in result] == [probe, grace.tolist()]
    assert result[0]["similarity"] > 0.9 > 0.1 > result[1]["similarity"]


def test_more_embeddings_ask_the_database_no_more_often(client: APIClient, enrolled: Callable[..., Photo]) -> None:
    enrolled("Ada", unit_vector(1))

    def queries(number: int) -> int:
        body = {"embeddings": [unit_vector(1).tolist()] * number}
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(f"{ROOT}recognition/embeddings/recognize", body, format="json").json()["result"]
        assert [each["similarities"][0]["subject"] for each in answer] == ["Ada"] * number
        return len(captured)

    queries(1)
    assert queries(1) == queries(20)


def test_a_photo_held_for_review_can_be_compared_and_recognises_nobody(
    client: APIClient, enrolled: Callable[..., Photo]
) -> None:
    ada = unit_vector(1)
    photo = enrolled("Ada", ada)
    Photo.objects.update(state="review", reason="looks_like_other")
    body = {"embeddings": [ada.tolist()]}
    url = f"{ROOT}recognition/embeddings/faces/{photo.pk}/verify"
    assert client.post(url, body, format="json").json()["result"][0]["similarity"] == 1.0
    (recognised,) = client.post(f"{ROOT}recognition/embeddings/recognize", body, format="json").json()["result"]
    assert recognised["similarities"] == []


@pytest.mark.parametrize(
    "embedding", [[], [0.0] * 128, [1.0] * 127, ["1"] * 128, [1e300] * 128, 5, None, [[1.0]] * 128]
)
def test_bad_embeddings_are_refused(client: APIClient, embedding: Any) -> None:
    answer = client.post(f"{ROOT}recognition/embeddings/recognize", {"embeddings": [embedding]}, format="json")
    assert refusal_of(answer) == (400, 37)


def test_a_bad_first_picture_costs_nobody_the_good_one_that_came_at_the_same_time(
    client: APIClient, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Reader:
        """While it reads, another request adds the subject with a picture."""

        def read(self, data: bytes, **_: Any) -> tuple[Any, str]:
            person = Person.objects.filter(name="Ada").first() or Person.objects.create(name="Ada")
            add_photo(person=person, file=picture(2), original_name="good.jpg", by=None)
            return SimpleNamespace(verdict="no_face", detail={}), "engine"

    monkeypatch.setattr("people.enrolling.enrol_now.recognisers", Reader)
    bad = SimpleUploadedFile("bad.jpg", picture(1))
    assert refusal_of(client.post(f"{ROOT}recognition/faces?subject=Ada", {"file": bad})) == (400, 28)
    assert Photo.objects.get().person.name == "Ada"


@pytest.mark.django_db(transaction=True)
def test_the_first_pictures_of_somebody_sent_several_at_once_make_one_person() -> None:
    ready = threading.Barrier(4)

    def name_them(name: str) -> None:
        ready.wait(timeout=10)
        with transaction.atomic():
            subject_named(name, by=None)
            time.sleep(0.1)  # until its picture is stored
        connection.close()

    threads = [threading.Thread(target=name_them, args=(name,)) for name in ("Ada", "ada", "ADA", "Ada")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert Person.objects.count() == 1


def test_a_full_queue_says_when_to_come_back(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def look(self, picture: object) -> None:
            raise Busy(retry_after_s=7)

    monkeypatch.setattr(uploaded, "recognisers", Full)
    answer = client.post(f"{ROOT}detection/detect", {"file": SimpleUploadedFile("a.jpg", picture())})
    assert refusal_of(answer) == (503, 0) and answer.headers["Retry-After"] == "7"


@pytest.mark.integration
@pytest.mark.usefixtures("lookers", "media")
@pytest.mark.django_db(transaction=True)
class TestWithPictures:
    def test_json_with_base64_is_taken_too(self, client: APIClient, portraits: Path) -> None:
        text = base64.b64encode((portraits / "astronaut.png").read_bytes()).decode()
        (face,) = client.post(f"{ROOT}detection/detect", {"file": text}, format="json").json()["result"]
        assert set(face) == {"box"} and set(face["box"]) == {"probability", "x_max", "y_max", "x_min", "y_min"}
        assert face["box"]["probability"] > 0.9

    def test_a_picture_of_nobody_adds_nobody(self, client: APIClient) -> None:
        nobody = SimpleUploadedFile("a.jpg", picture(side_px=200))
        assert refusal_of(client.post(f"{ROOT}recognition/faces?subject=Ada", {"file": nobody})) == (400, 28)
        assert not Person.objects.exists() and not Photo.objects.exists()

    def test_the_same_picture_twice_is_one_face(self, client: APIClient, face_file: Callable[[str], Any]) -> None:
        url = f"{ROOT}recognition/faces?subject=Eileen"
        first = client.post(url, {"file": face_file("astronaut.png")})
        again = client.post(url, {"file": face_file("astronaut.png")})
        assert (first.status_code, again.status_code) == (201, 201) and first.json() == again.json()
        stored = client.get(f"{ROOT}recognition/faces/{first.json()['image_id']}/img")
        assert stored.headers["Content-Type"] == "image/png"
        assert stored.headers["Cache-Control"] == "private, no-cache"

    @pytest.mark.parametrize("reason", ["worker_failed", "no_face"])
    def test_a_picture_that_could_not_be_read_before_is_enrolled_when_it_comes_again(
        self, client: APIClient, face_file: Callable[[str], Any], reason: str
    ) -> None:
        url = f"{ROOT}recognition/faces?subject=Eileen"
        first = client.post(url, {"file": face_file("astronaut.png")}).json()
        Encoding.objects.all().delete()
        Photo.objects.update(state="rejected", reason=reason)
        again = client.post(url, {"file": face_file("astronaut.png")})
        assert (again.status_code, again.json()) == (201, first)
        assert [face["image_id"] for face in client.get(f"{ROOT}recognition/faces").json()["faces"]] == [
            first["image_id"]
        ]
        assert Photo.objects.get().encodings.count() == 1

    def test_a_picture_that_repeats_a_copy_not_enrolled_is_the_face_that_is(
        self, client: APIClient, face_file: Callable[[str], Any], portraits: Path
    ) -> None:
        url = f"{ROOT}recognition/faces?subject=Eileen"
        first = client.post(url, {"file": face_file("astronaut.png")}).json()
        other = portraits / "astronaut.png"
        copy = add_photo(person=Person.objects.get(), file=saved_anew(other), original_name="copy.png", by=None)
        Photo.objects.filter(pk=copy.pk).update(state="rejected", reason="near_duplicate")
        again = client.post(url, {"file": SimpleUploadedFile("copy.png", saved_anew(other))})
        assert (again.status_code, again.json()) == (201, first)
        assert Photo.objects.get(pk=copy.pk).state == "rejected"

    def test_a_picture_that_somebody_refused_is_not_said_to_be_added(
        self, client: APIClient, face_file: Callable[[str], Any]
    ) -> None:
        url = f"{ROOT}recognition/faces?subject=Eileen"
        client.post(url, {"file": face_file("astronaut.png")})
        reject_photo(photo=Photo.objects.get(), by=None)
        again = client.post(url, {"file": face_file("astronaut.png")})
        assert refusal_of(again) == (400, 0) and "refused it" in again.json()["message"]
        assert Photo.objects.get().state == "rejected"

    def test_extras_are_told_only_when_asked_for(self, client: APIClient, face_file: Callable[[str], Any]) -> None:
        client.post(f"{ROOT}recognition/faces?subject=Barack", {"file": face_file("obama.jpg")})
        url = f"{ROOT}recognition/recognize"
        (plain,) = client.post(url, {"file": face_file("obama2.jpg")}).json()["result"]
        assert set(plain) == {"box", "subjects"}
        (full,) = client.post(url + "?extras=true", {"file": face_file("obama2.jpg")}).json()["result"]
        assert (full["verdict"], full["is_match"], full["margin"]) == ("match", True, None)

    def test_embeddings_need_a_scope_of_their_own(
        self, limited: Callable[..., APIClient], face_file: Callable[[str], Any]
    ) -> None:
        url = f"{ROOT}detection/detect?face_plugins=calculator"
        assert limited("recognise").post(url, {"file": face_file("obama.jpg")}).status_code == 403
        (face,) = limited("recognise", "read_encodings").post(url, {"file": face_file("obama.jpg")}).json()["result"]
        assert len(face["embedding"]) == 256
