"""The hint at held pictures in the admin and the API: only where it can be given, with its limits beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from people.recognition.liveness import published
from streams.cameras.liveness import NOT_INSTALLED
from streams.records.camera import Camera
from tests.streams.admin.test_cameras import form
from tests.streams.pages.rows import a_camera

ABOUT = "/admin/streams/camera/liveness/"
FIELD = 'name="liveness_hint"'


@pytest.fixture(autouse=True)
def models(tmp_path: Path, settings: Any) -> Path:
    settings.MODEL_CACHE = tmp_path
    return tmp_path


@pytest.fixture
def installed(models: Path, as_published: bytes) -> None:
    published.keep(as_published, models)


@pytest.fixture
def admin(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


def form_of(admin: Client, camera: Camera | None = None) -> str:
    url = "admin:streams_camera_change" if camera else "admin:streams_camera_add"
    return admin.get(reverse(url, args=[camera.pk] if camera else [])).content.decode()


def test_without_the_network_the_form_has_a_sentence_and_a_link(admin: Client) -> None:
    shown = form_of(admin)
    assert FIELD not in shown
    assert "The network for this hint is not installed" in shown and f'href="{ABOUT}"' in shown


def test_without_the_network_nobody_switches_it_on_by_a_form_that_they_made(admin: Client) -> None:
    admin.post(reverse("admin:streams_camera_add"), form(liveness_hint="on"))
    assert not Camera.objects.get().liveness_hint


def test_it_is_off_until_somebody_switches_it_on(admin: Client, installed: None) -> None:
    assert FIELD in form_of(admin) and f'{FIELD} id="id_liveness_hint" checked' not in form_of(admin)
    admin.post(reverse("admin:streams_camera_add"), form())
    camera = Camera.objects.get()
    assert not camera.liveness_hint
    admin.post(reverse("admin:streams_camera_change", args=[camera.pk]), form(liveness_hint="on"))
    assert Camera.objects.get().liveness_hint
    history = admin.get(reverse("admin:streams_camera_history", args=[camera.pk])).content.decode()
    assert "Changed hint at held pictures" in history


def test_a_camera_that_has_it_on_can_be_switched_off_without_the_network(admin: Client) -> None:
    camera = a_camera("Door", liveness_hint=True)
    assert FIELD in form_of(admin, camera)
    admin.post(reverse("admin:streams_camera_change", args=[camera.pk]), form(name="Door", slug="door"))
    assert not Camera.objects.get().liveness_hint


def test_its_page_says_origin_limits_and_which_cameras_use_it(admin: Client) -> None:
    a_camera("Door", liveness_hint=True)
    a_camera("Yard")
    shown = admin.get(ABOUT).content.decode()
    for words in (published.NO_PROOF, published.SEES, published.MISSES, published.LICENCE):
        assert words in shown.replace("&#x27;", "'")
    assert "Nobody says where its weights come from" in shown and "not installed" in shown
    assert ">Door</a>: runs without the hint" in shown and "Yard" not in shown


def test_its_page_says_that_it_is_installed(admin: Client, installed: None) -> None:
    assert ">installed</span>" in admin.get(ABOUT).content.decode()


def test_the_page_of_engines_leads_to_it(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("people.admin.engine.speed_here", dict)
    assert f'href="{ABOUT}"' in admin.get("/admin/people/enginechoice/").content.decode()


def test_whoever_may_see_no_camera_may_not_read_it(client: Client, stranger: User) -> None:
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert client.get(ABOUT).status_code == 403


def test_the_api_refuses_to_switch_on_what_cannot_be_given(as_operator: APIClient, camera: Camera) -> None:
    url = f"/api/v1/cameras/{camera.slug}/"
    answer = as_operator.patch(url, {"liveness_hint": True}, format="json")
    assert answer.status_code == 400
    assert answer.json()["error"]["details"] == [
        {**answer.json()["error"]["details"][0], "field": "liveness_hint", "message": NOT_INSTALLED}
    ]


def test_the_api_switches_it_on_where_it_can_be_given(as_operator: APIClient, camera: Camera, installed: None) -> None:
    url = f"/api/v1/cameras/{camera.slug}/"
    assert as_operator.get(url).json()["liveness_hint"] is False
    assert as_operator.patch(url, {"liveness_hint": True}, format="json").json()["liveness_hint"] is True


def test_a_camera_that_has_it_on_can_be_edited_over_the_api_without_the_network(
    as_operator: APIClient, camera: Camera
) -> None:
    Camera.objects.update(liveness_hint=True)
    url = f"/api/v1/cameras/{camera.slug}/"
    assert as_operator.patch(url, {"liveness_hint": True, "name": "Gate"}, format="json").status_code == 200
    assert as_operator.patch(url, {"liveness_hint": False}, format="json").json()["liveness_hint"] is False
