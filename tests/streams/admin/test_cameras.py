"""Cameras and evidence in the admin."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import get_deleted_objects
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from people.recognition.engine.kinds import FUSED
from people.records.person import Person
from streams.cameras import services
from streams.cameras.credentials import address_of
from streams.records.camera import Camera, CameraStatus
from streams.records.sighting import Sighting
from tests.streams.pages.rows import a_camera, a_detection, a_sighting

CAMERAS = "admin:streams_camera_changelist"
SECRET = "rtsp://admin:hunter2@10.0.0.9/live"


@pytest.fixture
def admin(client: Client, operator: User) -> Client:
    client.force_login(operator)
    return client


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Times that the workers' doorbell was asked for."""
    rings: list[str] = []
    monkeypatch.setattr(services, "ring", lambda *message: rings.append(message[0]))
    return rings


def form(**fields: Any) -> dict[str, Any]:
    usual = {"name": "Door", "slug": "door", "source": "0", "enabled": "on"}
    numbers = {"analysis_fps": "8", "smallest_face_px": "80", "match_threshold": ""}
    told = {
        "turn": "0",
        "role": "none",
        "strangers": "pictures",
        "keeps_whole_frame": "on",
        "clip_seconds": "0",
        "transport": "automatic",
        "snapshot_seconds": "1",
        "decoding": "on_motion",
        "down_after_s": "0",
    }
    return {**usual, **numbers, **told, **fields}


def test_an_operator_adds_a_camera_and_the_workers_hear_of_it(admin: Client, rung: list[str]) -> None:
    answer = admin.post(reverse("admin:streams_camera_add"), form(source=SECRET))
    assert answer.status_code == 302
    camera = Camera.objects.get()
    assert (camera.source, camera.username, address_of(camera)) == ("rtsp://10.0.0.9/live", "admin", SECRET)
    assert "cameras.changed" in rung


def test_a_bad_source_is_refused_beside_its_field(admin: Client, rung: list[str]) -> None:
    answer = admin.post(reverse("admin:streams_camera_add"), form(source="file:///etc/passwd"))
    assert "begin with" in answer.content.decode()
    assert not Camera.objects.exists() and not rung


def test_cameras_are_switched_on_and_off_by_actions(admin: Client, rung: list[str]) -> None:
    door, yard = a_camera("Door"), a_camera("Yard", enabled=False)
    for action, expected in (("switch_off", False), ("switch_on", True)):
        admin.post(reverse(CAMERAS), {"action": action, "_selected_action": [door.pk, yard.pk]})
        assert set(Camera.objects.values_list("enabled", flat=True)) == {expected}
    assert rung


def test_a_camera_that_somebody_saved_meanwhile_is_not_overwritten(admin: Client, operator: User) -> None:
    door = a_camera("Door")
    url = reverse("admin:streams_camera_change", args=[door.pk])
    state = admin.get(url).context["adminform"].form["row_state"].value()
    services.enable_cameras(cameras=[door], enabled=False, by=User.objects.create_user("charles"))
    answer = admin.post(url, form(name="Front", row_state=state))
    (said,) = answer.context["adminform"].form.non_field_errors()
    assert "charles" in said and "Switched off." in said
    door.refresh_from_db()
    assert (door.name, door.enabled) == ("Door", False)
    state = admin.get(url).context["adminform"].form["row_state"].value()
    CameraStatus.objects.update_or_create(camera=door, defaults={"state": "live"})  # a worker's word is no edit
    assert admin.post(url, form(name="Front", row_state=state)).status_code == 302


def test_what_is_done_in_the_admin_is_logged_once(admin: Client) -> None:
    admin.post(reverse("admin:streams_camera_add"), form())
    door = Camera.objects.get()
    admin.post(reverse("admin:streams_camera_change", args=[door.pk]), form(name="Front"))
    admin.post(reverse(CAMERAS), {"action": "switch_off", "_selected_action": [door.pk]})
    admin.post(reverse("admin:streams_camera_delete", args=[door.pk]), {"post": "yes"})
    said = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(said) == ["Added.", "Changed name.", "Switched off.", "Deleted."]


def test_deleting_a_camera_rings(admin: Client, rung: list[str]) -> None:
    admin.post(reverse("admin:streams_camera_delete", args=[a_camera("Door").pk]), {"post": "yes"})
    assert not Camera.objects.exists() and rung


def test_a_camera_is_deleted_with_its_sightings_by_whoever_may_and_they_are_counted_first(admin: Client) -> None:
    yard = a_camera("Yard")
    for _ in range(2):
        a_detection(a_sighting(yard))
    url = reverse("admin:streams_camera_delete", args=[yard.pk])
    page = admin.get(url).content.decode()
    assert "2 sightings with 2 pictures" in page and "Switch it off instead" in page
    admin.post(url, {"post": "yes"})
    assert not Camera.objects.exists() and not Sighting.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["admin:streams_camera_delete", CAMERAS])
def test_without_the_right_to_its_sightings_a_camera_stays_and_can_be_switched_off(client: Client, path: str) -> None:
    keeper = User.objects.create_user("keeper", is_staff=True)
    rights = Permission.objects.filter(codename__endswith="_camera", content_type__app_label="streams")
    keeper.user_permissions.set(rights)
    client.force_login(keeper)
    yard = a_camera("Yard")
    a_sighting(yard)
    chosen = {"action": "delete_selected", "_selected_action": [yard.pk]}
    one = path != CAMERAS
    url = reverse(path, args=[yard.pk] if one else [])
    page = (client.get(url) if one else client.post(url, chosen)).content.decode()
    assert "1 sighting with 0 pictures" in page
    assert ("Switch it off instead" in page) is one
    client.post(url, {"post": "yes"} if one else {**chosen, "post": "yes"})
    assert Camera.objects.exists() and Sighting.objects.exists()


def test_the_list_shows_live_state_reason_age_and_rate(admin: Client) -> None:
    now = timezone.now()
    live = a_camera("Door")
    CameraStatus.objects.update_or_create(
        camera=live,
        defaults={
            "state": "live",
            "heartbeat_at": now,
            "last_frame_at": now - timedelta(seconds=41),
            "fps_analysed": 7.9,
        },
    )
    down = a_camera("Yard")
    CameraStatus.objects.update_or_create(
        camera=down, defaults={"state": "down", "reason": "connection refused", "heartbeat_at": now}
    )
    a_camera("Barn", enabled=False)
    page = admin.get(reverse(CAMERAS)).content.decode()
    for expected in ("badge-live", "41 seconds ago", "7.9", "badge-down", "connection refused", "badge-off"):
        assert expected in page, expected


def test_the_last_word_of_a_dead_worker_is_not_shown_as_live(admin: Client) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    CameraStatus.objects.update_or_create(
        camera=a_camera(),
        defaults={"state": "live", "heartbeat_at": long_ago, "last_frame_at": long_ago, "fps_analysed": 8},
    )
    page = admin.get(reverse(CAMERAS)).content.decode()
    assert "badge-live" not in page and "badge-waiting" in page


@pytest.fixture
def locked() -> Camera:
    """A camera with a password."""
    return services.save_camera(camera=Camera(name="Door", slug="door", source=SECRET), by=None)


def change_url(camera: Camera) -> str:
    return reverse("admin:streams_camera_change", args=[camera.pk])


def test_a_password_is_shown_to_nobody_and_a_user_name_to_those_who_may_change_it(
    admin: Client, client: Client, viewer: User, locked: Camera
) -> None:
    page = admin.get(change_url(locked)).content.decode()
    assert "One is stored" in page and 'value="admin"' in page
    assert "hunter2" not in page and locked.sealed_password not in page
    viewer.is_staff = True
    viewer.save()
    client.force_login(viewer)
    page = client.get(change_url(locked)).content.decode()
    assert "rtsp://10.0.0.9/live" in page and 'value="admin"' not in page and "hunter2" not in page


def stored(camera: Camera) -> str:
    return address_of(Camera.objects.get(pk=camera.pk))


def test_an_empty_password_keeps_the_stored_one_and_a_tick_forgets_it(admin: Client, locked: Camera) -> None:
    usual = {"source": locked.source, "username": "admin"}
    assert admin.post(change_url(locked), form(**usual)).status_code == 302
    assert stored(locked) == SECRET
    admin.post(change_url(locked), form(**usual, password=" new one "))
    assert stored(locked) == "rtsp://admin:%20new%20one%20@10.0.0.9/live"
    admin.post(change_url(locked), form(**usual, forget_password="on"))
    assert stored(locked) == "rtsp://admin@10.0.0.9/live"


def test_a_stored_password_is_not_sent_to_another_server(admin: Client, locked: Camera) -> None:
    answer = admin.post(change_url(locked), form(source="rtsp://10.0.0.66/live", username="admin"))
    assert "enter its password again" in answer.content.decode()
    assert stored(locked) == SECRET


@pytest.mark.parametrize("model", ["sighting", "detection"])
def test_evidence_can_be_read_and_neither_added_nor_changed(admin: Client, media: Path, model: str) -> None:
    detection = a_detection(a_sighting(a_camera(), Person.objects.create(name="Ada")))
    row = detection.sighting if model == "sighting" else detection
    change = reverse(f"admin:streams_{model}_change", args=[row.pk])
    page = admin.get(change)
    assert page.status_code == 200 and 'name="_save"' not in page.content.decode()
    assert reverse("detection_snapshot", args=[detection.pk]) in page.content.decode()
    assert admin.post(change, {"verdict": "unknown"}).status_code == 403
    assert admin.get(reverse(f"admin:streams_{model}_add")).status_code == 403


def test_whoever_may_delete_evidence_may_delete_a_person_with_sightings(
    operator: User, media: Path, rf: RequestFactory
) -> None:
    ada = Person.objects.create(name="Ada")
    a_detection(a_sighting(a_camera(), ada))
    request = rf.get("/")
    request.user = operator
    _to_delete, _count, missing_rights, protected = get_deleted_objects([ada], request, site)
    assert not missing_rights and not protected


@pytest.mark.parametrize("model", ["camera", "sighting", "detection"])
def test_a_longer_list_asks_the_database_no_more_often(
    admin: Client, media: Path, django_assert_num_queries: Any, model: str
) -> None:
    url = reverse(f"admin:streams_{model}_changelist")

    def add(number: int) -> None:
        camera = a_camera(f"Camera {number}")
        CameraStatus.objects.get_or_create(camera=camera)
        a_detection(a_sighting(camera, Person.objects.create(name=f"Person {number}")))

    add(0)
    add(1)
    admin.get(url)  # what is asked for once per process is asked for now
    with CaptureQueriesContext(connection) as few:
        admin.get(url)
    for number in range(2, 7):
        add(number)
    with django_assert_num_queries(len(few)):
        page = admin.get(url)
    assert page.context["cl"].result_count == 7


@pytest.mark.parametrize("model", ["camera", "sighting", "detection"])
def test_lists_can_be_searched_and_filtered(admin: Client, media: Path, model: str) -> None:
    a_detection(a_sighting(a_camera(), Person.objects.create(name="Ada")))
    url = reverse(f"admin:streams_{model}_changelist")
    word = "front" if model == "camera" else "ada"
    assert admin.get(url, {"q": word}).context["cl"].result_count == 1
    assert admin.get(url, {"q": "nobody"}).context["cl"].result_count == 0


def test_a_threshold_is_shown_and_kept_as_a_distance_of_the_engine_in_use(admin: Client, rung: list[str]) -> None:
    door, usual = a_camera("Door", match_threshold=0.31), FUSED.distances.thresholds.match
    url = reverse("admin:streams_camera_change", args=[door.pk])
    assert f'name="match_threshold" value="{usual}"' in admin.get(url).content.decode()
    assert admin.post(url, form(match_threshold=str(usual), source=door.source)).status_code == 302
    door.refresh_from_db()
    assert (door.match_threshold, door.threshold_engine) == (usual, FUSED.key)
