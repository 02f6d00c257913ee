"""Photos over the API: uploaded, looked at, decided on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from people.editing import services
from people.records.person import Person
from people.records.photo import Photo
from tests.api import NOBODY, queries_of
from tests.people.api.conftest import held_for_review

URL = "/api/v1/photos/"


def picture(data: bytes, name: str = "ada.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "image/png")


def upload(client: APIClient, person: object, *images: object) -> Any:
    return client.post(URL, {"person": person, "images": images}, format="multipart")


def test_an_uploaded_photo_waits_and_can_be_seen(
    as_operator: APIClient, ada: Person, portrait: bytes, media: Path
) -> None:
    answer = upload(as_operator, ada.pk, picture(portrait))
    assert answer.status_code == 201
    [photo] = answer.json()["photos"]
    assert (photo["state"], photo["reason"], photo["person"], photo["crop_url"]) == ("pending", None, str(ada.pk), None)
    image = as_operator.get(photo["image_url"])
    assert image.headers["Content-Type"] == "image/png"
    assert image.headers["X-Content-Type-Options"] == "nosniff"
    assert as_operator.get(f"{URL}{photo['id']}/crop/").status_code == 404


def test_of_several_files_the_good_ones_are_taken_and_the_others_are_explained(
    as_operator: APIClient, ada: Person, portrait: bytes, media: Path
) -> None:
    files = [picture(b"", "empty.jpg"), picture(portrait), picture(b"<svg/>", "a.svg"), picture(portrait, "again.png")]
    answer = upload(as_operator, ada.pk, *files).json()
    assert [photo["original_name"] for photo in answer["photos"]] == ["ada.png"]
    assert [(each["index"], each["code"]) for each in answer["refused"]] == [
        (0, "empty"),
        (2, "format_not_supported"),
        (3, "already_there"),
    ]
    assert Photo.objects.count() == 1


def test_an_upload_of_nothing_usable_is_refused_by_file(as_operator: APIClient, ada: Person, media: Path) -> None:
    answer = upload(as_operator, ada.pk, picture(b"text", "text.jpg"), picture(b""))
    assert answer.status_code == 400
    details = answer.json()["error"]["details"]
    assert [(each["field"], each["code"]) for each in details] == [
        ("images.0", "not_an_image"),
        ("images.1", "empty"),
    ]
    assert not list(media.rglob("*.*"))


def test_a_file_beyond_the_limit_is_refused(
    as_operator: APIClient, ada: Person, portrait: bytes, media: Path, settings: Any
) -> None:
    settings.PHOTO_MAX_BYTES = len(portrait) - 1
    answer = upload(as_operator, ada.pk, picture(portrait))
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["code"] == "too_many_bytes"


def test_a_request_beyond_the_limit_is_refused_before_it_is_read(as_operator: APIClient, ada: Person) -> None:
    answer = as_operator.post(URL, b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="999999999")
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_more_files_than_the_site_takes_are_refused(as_operator: APIClient, ada: Person) -> None:
    for count in (51, 201):
        answer = upload(as_operator, ada.pk, *(picture(os.urandom(8)) for _ in range(count)))
        assert answer.status_code == 400
    assert not Photo.objects.exists()


@pytest.mark.parametrize("person", ["", "x", "\0", NOBODY, "[]"])
def test_a_photo_of_nobody_is_refused(as_operator: APIClient, person: str, portrait: bytes, media: Path) -> None:
    answer = upload(as_operator, person, picture(portrait))
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == "person"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "images"),
        ({"images": "text"}, "images.0"),
        ({"image": "text"}, "image"),
    ],
)
def test_an_upload_without_files_is_refused(
    as_operator: APIClient, ada: Person, fields: dict[str, str], field: str
) -> None:
    answer = as_operator.post(URL, {"person": ada.pk, **fields}, format="multipart")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["field"] == field


def test_photos_do_not_come_as_json(as_operator: APIClient, ada: Person) -> None:
    answer = as_operator.post(URL, {"person": str(ada.pk), "images": []}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "unsupported_media_type")


def test_hostile_names_are_made_harmless(as_operator: APIClient, ada: Person, portrait: bytes, media: Path) -> None:
    # Django's parser takes folders away, so the name is written into the request by hand.
    body = (
        b'--x\r\nContent-Disposition: form-data; name="person"\r\n\r\n' + str(ada.pk).encode()
        + b'\r\n--x\r\nContent-Disposition: form-data; name="images"; filename="../../a\xe2\x80\xae\x07<b>' + b"y" * 300
        + b'.png"\r\nContent-Type: image/svg+xml\r\n\r\n' + portrait + b"\r\n--x--\r\n"
    )  # fmt: skip
    answer = as_operator.generic("POST", URL, body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 201
    [photo] = answer.json()["photos"]
    assert "/" not in photo["original_name"] and photo["original_name"].isprintable()
    assert as_operator.get(photo["image_url"]).headers["Content-Type"] == "image/png"


@pytest.mark.parametrize(
    "content_type", ["multipart/form-data", "multipart/form-data; boundary=\xff", "image/png", "x" * 500]
)
def test_a_malformed_upload_is_refused(as_operator: APIClient, ada: Person, content_type: str) -> None:
    answer = as_operator.generic("POST", URL, b"\xff\0\r\n--", content_type=content_type)
    assert answer.status_code in (400, 415)
    assert answer.json()["error"]["message"]


def test_photos_are_found_by_person_state_and_reason(as_viewer: APIClient, photo: Photo) -> None:
    held_for_review(photo)

    def count(query: str) -> int:
        return int(as_viewer.get(f"{URL}?{query}").json()["count"])

    assert count(f"person={photo.person_id}&state=review&state=choose") == count("reason=looks_like_other") == 1
    assert count(f"person={uuid4()}") == count("state=pending") == 0


@pytest.mark.parametrize("query", ["person=x", "state=gone", "reason=%00", "person=%00"])
def test_a_bad_filter_is_refused(as_viewer: APIClient, query: str) -> None:
    assert as_viewer.get(f"{URL}?{query}").status_code == 400


def test_a_held_photo_says_why_in_a_code_and_a_sentence(as_viewer: APIClient, photo: Photo) -> None:
    reason = as_viewer.get(f"{URL}{held_for_review(photo).pk}/").json()["reason"]
    assert reason["code"] == "looks_like_other"
    assert "looks more like another enrolled person" in reason["message"]


def test_how_much_a_held_photo_resembles_somebody_is_told_only_with_exact_distances(
    as_viewer: APIClient, as_operator: APIClient, viewer: User, photo: Photo
) -> None:
    viewer.user_permissions.remove(Permission.objects.get(codename="view_encoding"))
    url = f"{URL}{held_for_review(photo).pk}/"
    assert "0.41" not in as_viewer.get(url).content.decode()
    assert as_operator.get(url).json()["reason"]["detail"] == {"distance": 0.41}


def test_a_face_is_chosen_by_its_index(as_operator: APIClient, photo: Photo) -> None:
    held_for_review(photo)
    answer = as_operator.post(f"{URL}{photo.pk}/choose-face/", {"face": 0}, format="json").json()
    assert (answer["state"], answer["chosen_box"]) == ("pending", [10, 20, 110, 120])


@pytest.mark.parametrize(
    "body", [{}, {"face": 1}, {"face": -1}, {"face": "x"}, {"face": None}, {"face": 10**30}, {"f": 0}]
)
def test_a_face_that_is_not_there_cannot_be_chosen(as_operator: APIClient, photo: Photo, body: object) -> None:
    held_for_review(photo)
    assert as_operator.post(f"{URL}{photo.pk}/choose-face/", body, format="json").status_code == 400
    photo.refresh_from_db()
    assert photo.state == "review"


@pytest.mark.parametrize(("action", "state"), [("retry", "pending"), ("confirm", "enrolled"), ("reject", "rejected")])
def test_a_held_photo_can_be_decided_on(as_operator: APIClient, photo: Photo, action: str, state: str) -> None:
    held_for_review(photo)
    assert as_operator.post(f"{URL}{photo.pk}/{action}/").json()["state"] == state


@pytest.mark.parametrize("action", ["retry", "confirm", "reject"])
def test_what_does_not_fit_a_photos_state_is_a_conflict(as_operator: APIClient, photo: Photo, action: str) -> None:
    answer = as_operator.post(f"{URL}{photo.pk}/{action}/")
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "wrong_state"


def test_a_deleted_photos_picture_is_gone(
    as_operator: APIClient, photo: Photo, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert as_operator.delete(f"{URL}{photo.pk}/").status_code == 204
    assert not (media / photo.image.name).exists()


def test_a_picture_whose_file_is_gone_is_not_found(as_viewer: APIClient, photo: Photo, media: Path) -> None:
    (media / photo.image.name).unlink()
    answer = as_viewer.get(f"{URL}{photo.pk}/image/", headers={"accept": "image/*"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_listing_photos_takes_as_many_queries_for_many_as_for_one(
    as_viewer: APIClient, ada: Person, portrait: bytes, media: Path
) -> None:
    services.add_photo(person=ada, file=portrait, original_name="1.png", by=None)
    expected = queries_of(as_viewer, URL)
    for number in range(5):
        services.add_photo(person=ada, file=portrait + bytes([number]), original_name="x.png", by=None)
    assert queries_of(as_viewer, URL) == expected


def test_a_held_photo_is_moved_and_asked_again_it_is_the_same_answer(
    as_operator: APIClient, ada: Person, photo: Photo
) -> None:
    grace = Person.objects.create(name="Grace Hopper")
    held_for_review(photo)
    Photo.objects.update(reason_detail={"person": str(grace.pk), "distance": 0.3})
    for _ in range(2):
        answer = as_operator.post(f"{URL}{photo.pk}/move/", {"person": str(grace.pk)}, format="json")
        assert answer.status_code == 200
        assert (answer.json()["person"], answer.json()["state"], answer.json()["reason"]) == (
            str(grace.pk),
            "pending",
            None,
        )
        assert answer.headers["ETag"] == as_operator.get(f"{URL}{photo.pk}/").headers["ETag"]
    back = as_operator.post(f"{URL}{photo.pk}/move/", {"person": str(ada.pk)}, format="json")
    assert (back.status_code, back.json()["error"]["code"]) == (409, "wrong_state")


def test_a_photo_is_not_moved_where_its_file_is_enrolled_already(
    as_operator: APIClient, photo: Photo, portrait: bytes, media: Path
) -> None:
    grace = Person.objects.create(name="Grace Hopper")
    same = services.add_photo(person=grace, file=portrait, original_name="g.png", by=None)
    Photo.objects.filter(pk=same.pk).update(state="enrolled")
    held_for_review(photo)
    Photo.objects.filter(pk=photo.pk).update(reason_detail={"person": str(grace.pk), "distance": 0.3})
    answer = as_operator.post(f"{URL}{photo.pk}/move/", {"person": str(grace.pk)}, format="json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "already_there")


@pytest.mark.parametrize(
    "body", [{}, {"person": None}, {"person": "x"}, {"person": NOBODY}, {"person": 1}, {"to": "x"}]
)
def test_a_photo_is_not_moved_to_nobody(as_operator: APIClient, photo: Photo, body: object) -> None:
    held_for_review(photo)
    assert as_operator.post(f"{URL}{photo.pk}/move/", body, format="json").status_code == 400
    photo.refresh_from_db()
    assert photo.state == "review"
