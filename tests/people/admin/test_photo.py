"""Photos in the admin: choosing a face, and deciding on doubtful ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import unit_vector

pytestmark = pytest.mark.django_db(transaction=True)
Add = Callable[..., Photo]
FACES = [{"box": [10, 10, 30, 30]}, {"box": [-5, 20, 70, 60]}]


def url(name: str, photo: Photo) -> str:
    return reverse(f"admin:people_photo_{name}", args=[photo.pk])


@pytest.fixture
def photo(ada: Person, add: Add) -> Photo:
    return add(ada)


def become(photo: Photo, state: str, reason: str = "", **values: Any) -> Photo:
    Photo.objects.filter(pk=photo.pk).update(state=state, reason=reason, **values)
    photo.refresh_from_db()
    return photo


def test_a_face_is_chosen_over_the_picture(operator_client: Client, photo: Photo) -> None:
    become(photo, "choose", "several_faces", faces=FACES, width_px=64, height_px=64)
    html = operator_client.get(url("choose", photo)).content.decode()
    assert html.count('class="choose-face"') == 2
    assert 'data-left="0.0" data-top="31.25" data-width="100.0"' in html
    operator_client.post(url("choose", photo), {"face": "1"})
    photo.refresh_from_db()
    assert (photo.state, photo.chosen_box) == ("pending", [-5, 20, 70, 60])


@pytest.mark.parametrize("face", ["", "7", "-1", "x", "9" * 400, "²"])
def test_a_face_that_is_not_there_is_refused_with_a_reason(operator_client: Client, photo: Photo, face: str) -> None:
    become(photo, "choose", "several_faces", faces=FACES)
    response = operator_client.post(url("choose", photo), {"face": face}, follow=True)
    assert "Choose one of the 2 faces" in response.content.decode()


def test_a_doubtful_photo_is_compared_and_confirmed(
    operator_client: Client, photo: Photo, grace: Person, add: Add
) -> None:
    hers = become(add(grace, seed=3), "enrolled", crop="crops/grace.jpg")
    Encoding.objects.create(photo=hers, engine="e", vector=unit_vector(1), quality=0.9)
    detail = {"person": str(grace.pk), "distance": 0.31}
    become(photo, "review", "looks_like_other", reason_detail=detail)
    html = operator_client.get(url("review", photo)).content.decode()
    assert "Grace Hopper" in html
    assert reverse("photo_crop", args=[hers.pk]) in html
    operator_client.post(url("review", photo), {"decision": "confirm"})
    photo.refresh_from_db()
    assert photo.state == "enrolled"


def test_a_doubtful_photo_is_refused(operator_client: Client, photo: Photo) -> None:
    become(photo, "review", "looks_like_other", reason_detail={"person": "00000000-0000-0000-0000-000000000000"})
    assert operator_client.get(url("review", photo)).status_code == 200
    operator_client.post(url("review", photo), {"decision": "refuse"})
    photo.refresh_from_db()
    assert (photo.state, photo.reason) == ("rejected", "refused")


def test_a_rejected_photo_is_read_again(operator_client: Client, photo: Photo) -> None:
    become(photo, "rejected", "no_face", attempts=3)
    operator_client.post(url("retry", photo))
    photo.refresh_from_db()
    assert (photo.state, photo.attempts) == ("pending", 0)


def test_buttons_do_nothing_by_a_link(operator_client: Client, photo: Photo) -> None:
    become(photo, "rejected", "no_face")
    assert operator_client.get(url("retry", photo)).status_code == 405


def test_a_deleted_photo_leads_back_to_its_person_and_takes_its_object_along(
    operator_client: Client, photo: Photo, media: Path
) -> None:
    response = operator_client.post(url("delete", photo), {"post": "yes"})
    assert response["Location"] == reverse("admin:people_person_change", args=[photo.person_id])
    assert not Photo.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_the_inbox_shows_reasons_with_a_constant_number_of_queries(
    operator_client: Client, ada: Person, add: Add, django_assert_max_num_queries: Any
) -> None:
    for seed in range(8):
        become(add(ada, seed=seed), "rejected", "no_face")
    with django_assert_max_num_queries(8):
        html = operator_client.get("/admin/people/photo/").content.decode()
    assert html.count("No face was found.") == 8


def test_encodings_are_shown_nowhere(operator_client: Client, photo: Photo) -> None:
    become(photo, "enrolled")
    Encoding.objects.create(photo=photo, engine="e", vector=unit_vector(7), quality=0.9)
    number = str(unit_vector(7)[0])[:6]
    for address in (url("change", photo), reverse("admin:people_person_change", args=[photo.person_id])):
        assert number not in operator_client.get(address).content.decode()
    assert operator_client.get("/admin/people/encoding/").status_code == 404
