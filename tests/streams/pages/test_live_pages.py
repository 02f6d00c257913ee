"""What the server writes of the live pages; their life is tested in a browser."""

from __future__ import annotations

from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from people.recognition.engine.kinds import FUSED
from streams.cameras.services import save_camera
from streams.records.camera import Camera
from tests.streams.pages.rows import a_camera


def test_the_dashboard_has_a_place_for_each_camera(client: Client, viewer: User) -> None:
    a_camera("Door")
    a_camera("Yard")
    client.force_login(viewer)
    page = client.get(reverse("dashboard")).content.decode()
    assert 'data-camera="door"' in page and 'data-camera="yard"' in page


def test_without_cameras_an_operator_is_led_to_add_one_and_a_viewer_is_not(
    client: Client, operator: User, viewer: User
) -> None:
    add = reverse("admin:streams_camera_add")
    client.force_login(operator)
    assert add in client.get(reverse("dashboard")).content.decode()
    client.force_login(viewer)
    page = client.get(reverse("dashboard")).content.decode()
    assert "No camera yet" in page and add not in page


def test_a_cameras_page_shows_its_settings_without_its_password(client: Client, viewer: User) -> None:
    source = "rtsp://admin:hunter2@10.0.0.9/live?stream=abc"
    save_camera(camera=Camera(name="Door", slug="door", source=source, match_threshold=0.42), by=None)
    client.force_login(viewer)
    page = client.get(reverse("camera", args=["door"])).content.decode()
    assert "rtsp://10.0.0.9/live?…" in page and "0.42 (of this camera)" in page
    assert "hunter2" not in page and "admin" not in page and "abc" not in page
    assert reverse("camera_mjpeg", args=["door"]) in page


def test_whoever_may_add_photos_is_led_from_a_browser_camera_to_the_one_that_enrols(
    client: Client, operator: User, viewer: User
) -> None:
    camera = Camera.objects.create(name="Phone", slug="phone", source="browser:")
    enrol, url = reverse("admin:people_person_camera"), reverse("send_to_camera", args=[camera.slug])
    client.force_login(operator)
    assert enrol in client.get(url).content.decode()
    viewer.user_permissions.add(Permission.objects.get(codename="send_to_camera"))
    client.force_login(viewer)
    answer = client.get(url)
    assert answer.status_code == 200 and enrol not in answer.content.decode()


def test_pages_bring_no_inline_script_or_style(client: Client, viewer: User) -> None:
    a_camera("Door")
    client.force_login(viewer)
    for url in (reverse("dashboard"), reverse("camera", args=["door"]), reverse("sightings")):
        page = client.get(url).content.decode()
        assert " style=" not in page and "<style" not in page and "<script>" not in page and " onclick" not in page


def test_a_missing_page_says_so_in_the_sites_own_words(client: Client, viewer: User) -> None:
    client.force_login(viewer)
    answer = client.get(reverse("camera", args=["no-such-camera"]))
    assert answer.status_code == 404 and "There is no such page" in answer.content.decode()


def test_a_threshold_chosen_under_another_engine_is_shown_as_a_distance_of_the_one_in_use(
    client: Client, viewer: User
) -> None:
    a_camera("Door", match_threshold=0.31)
    client.force_login(viewer)
    page = client.get(reverse("camera", args=["door"])).content.decode()
    assert f"{FUSED.distances.thresholds.match:.2f} (of this camera)" in page
