"""Who may see which page."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.streams.pages.rows import a_camera, a_detection, a_sighting


def pages() -> dict[str, str]:
    """Every page that shows something, by its name."""
    camera = a_camera()
    detection = a_detection(a_sighting(camera))
    return {
        "dashboard": reverse("dashboard"),
        "camera": reverse("camera", args=[camera.slug]),
        "sightings": reverse("sightings"),
        "sighting": reverse("sighting", args=[detection.sighting_id]),
        "snapshot": reverse("detection_snapshot", args=[detection.pk]),
    }


@pytest.mark.django_db
def test_nobody_sees_a_page_without_a_login(client: Client, media: Path) -> None:
    for name, url in pages().items():
        answer = client.get(url)
        assert (answer.status_code, answer["Location"]) == (302, f"{reverse('login')}?next={url}"), name


def test_a_viewer_sees_every_page(client: Client, viewer: User, media: Path) -> None:
    client.force_login(viewer)
    assert {client.get(url).status_code for url in pages().values()} == {200}


def test_a_stranger_is_told_about_missing_rights_and_shown_nothing(client: Client, stranger: User, media: Path) -> None:
    client.force_login(stranger)
    urls = pages()
    for name in ("camera", "sighting", "snapshot"):
        assert client.get(urls[name]).status_code == 404, name
    for name in ("dashboard", "sightings"):
        page = client.get(urls[name]).content.decode()
        assert "You may not see" in page and "Front door" not in page, name


def test_pages_cannot_be_posted_to(client: Client, viewer: User, media: Path) -> None:
    client.force_login(viewer)
    assert {client.post(url).status_code for url in pages().values()} == {405}
