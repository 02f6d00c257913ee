"""Cameras over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from rest_framework.test import APIClient

from people.gallery.engine_choice import EngineChoice
from people.recognition.engine.kinds import DLIB, FUSED
from streams.cameras.credentials import address_of
from streams.cameras.services import enable_cameras
from streams.records.camera import Camera, CameraStatus
from tests.api import client_of, queries_of
from tests.streams.seen import seen

URL = "/api/v1/cameras/"
YARD = {"name": "Yard", "slug": "yard", "source": "clips/yard.mp4"}


def test_a_camera_is_added_with_the_usual_settings(as_operator: APIClient) -> None:
    answer = as_operator.post(URL, YARD, format="json")
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["analysis_fps"], shown["smallest_face_px"], shown["match_threshold"]) == (8, 40, None)
    assert shown["status"]["state"] == "waiting"
    assert as_operator.get(f"{URL}yard/").json()["source"] == "clips/yard.mp4"


def test_a_password_is_never_shown_and_user_and_query_only_to_those_who_may_change_cameras(
    as_operator: APIClient, as_viewer: APIClient, camera: Camera
) -> None:
    shown = as_operator.get(f"{URL}door/").json()
    assert shown["source"] == "rtsp://door.example/1?channel=hidden"
    assert (shown["username"], shown["has_password"]) == ("user", True)
    for client, url in ((as_operator, URL), (as_viewer, URL), (as_viewer, f"{URL}door/")):
        page = client.get(url).content.decode()
        assert "door.example" in page and "secret" not in page and camera.sealed_password not in page
        assert client is as_operator or ("hidden" not in page and '"user"' not in page)


def test_a_password_is_changed_and_forgotten(as_operator: APIClient, camera: Camera) -> None:
    for password, opened in (("n/w", "rtsp://user:n%2Fw@door"), ("", "rtsp://user@door")):
        assert as_operator.patch(f"{URL}door/", {"password": password}, format="json").status_code == 200
        assert address_of(Camera.objects.get()).startswith(opened)
    as_operator.patch(f"{URL}door/", {"enabled": False}, format="json")
    assert not as_operator.get(f"{URL}door/").json()["has_password"]


def test_a_stored_password_does_not_follow_the_source_to_another_server(as_operator: APIClient, camera: Camera) -> None:
    elsewhere = {"source": "rtsp://other.example/1"}
    answer = as_operator.patch(f"{URL}door/", elsewhere, format="json")
    assert (answer.status_code, answer.json()["error"]["details"][0]["field"]) == (400, "password")
    assert as_operator.patch(f"{URL}door/", {**elsewhere, "password": "x"}, format="json").status_code == 200


def test_whoever_may_add_cameras_only_does_not_get_a_secret_echoed(stranger: User) -> None:
    stranger.user_permissions.set(Permission.objects.filter(codename__in=["add_camera", "view_camera"]))
    body = {**YARD, "source": "rtsp://user:secret@yard.example/"}
    answer = client_of(stranger).post(URL, body, format="json")
    assert answer.status_code == 201
    assert "secret" not in answer.content.decode()
    assert address_of(Camera.objects.get()) == body["source"]


def test_what_a_camera_does_is_told_and_not_to_be_written(as_operator: APIClient, camera: Camera) -> None:
    now = timezone.now()
    CameraStatus.objects.filter(camera=camera).update(
        state="live", heartbeat_at=now, last_frame_at=now, fps_read=25, fps_analysed=8,
        lease_holder="worker", lease_expires_at=now + timedelta(seconds=20),
    )  # fmt: skip
    answer = as_operator.patch(f"{URL}door/", {"status": {"state": "down"}, "loop": True}, format="json").json()
    assert (answer["status"]["state"], answer["status"]["fps_read"], answer["loop"]) == ("live", 25, True)
    assert "lease_holder" not in answer["status"]
    answer = as_operator.patch(f"{URL}door/", {"enabled": False}, format="json").json()
    assert (answer["status"]["state"], answer["status"]["fps_read"]) == ("off", None)


def test_a_camera_whose_worker_fell_silent_is_not_called_live(as_viewer: APIClient, camera: Camera) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    CameraStatus.objects.filter(camera=camera).update(
        state="live", heartbeat_at=long_ago, lease_holder="worker", lease_expires_at=long_ago
    )
    status = as_viewer.get(f"{URL}door/").json()["status"]
    assert status["state"] == "waiting"
    assert status["reason"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": "file:///etc/passwd"}, "source"),
        ({"source": "../../etc/passwd"}, "source"),
        ({"source": "http://169.254.169.254/latest"}, "source"),
        ({"source": "rtsp://"}, "source"),
        ({"source": "clips/a\0.mp4"}, "source"),
        ({"source": ""}, "source"),
        ({"slug": "a b"}, "slug"),
        ({"slug": "door"}, "slug"),
        ({"name": "Door"}, "name"),
        ({"name": ""}, "name"),
        ({"analysis_fps": "nan"}, "analysis_fps"),
        ({"analysis_fps": "inf"}, "analysis_fps"),
        ({"analysis_fps": -1}, "analysis_fps"),
        ({"analysis_fps": None}, "analysis_fps"),
        ({"smallest_face_px": 10**40}, "smallest_face_px"),
        ({"smallest_face_px": -5}, "smallest_face_px"),
        ({"smallest_face_px": 80.5}, "smallest_face_px"),
        ({"match_threshold": "nan"}, "match_threshold"),
        ({"match_threshold": 0}, "match_threshold"),
        ({"enabled": "perhaps"}, "enabled"),
        ({"threshold": 0.5}, "threshold"),
    ],
)
def test_a_bad_camera_is_refused_by_field(
    as_operator: APIClient, camera: Camera, change: dict[str, object], field: str
) -> None:
    answer = as_operator.post(URL, {**YARD, **change}, format="json")
    assert answer.status_code == 400
    assert field in {each["field"] for each in answer.json()["error"]["details"]}
    assert Camera.objects.count() == 1


def test_a_camera_that_saw_somebody_is_kept(as_operator: APIClient, camera: Camera) -> None:
    seen(camera)
    answer = as_operator.delete(f"{URL}door/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "in_use")
    assert Camera.objects.exists()


def test_a_camera_that_saw_nobody_is_deleted(as_operator: APIClient, camera: Camera) -> None:
    assert as_operator.delete(f"{URL}door/").status_code == 204
    assert not Camera.objects.exists()


@pytest.mark.parametrize("slug", ["nowhere", "%00", "a b", "x" * 3000])
def test_an_unknown_camera_is_not_found(as_operator: APIClient, slug: str) -> None:
    assert as_operator.get(f"{URL}{slug}/").status_code == 404


def test_cameras_are_found_by_name_state_and_being_enabled(as_viewer: APIClient, camera: Camera) -> None:
    Camera.objects.create(**YARD, enabled=False)

    def slugs(query: str) -> list[str]:
        return [each["slug"] for each in as_viewer.get(f"{URL}?{query}").json()["results"]]

    assert slugs("enabled=true") == slugs("search=doo") == slugs("state=waiting") == ["door"]
    assert slugs("enabled=false") == ["yard"]


def test_listing_cameras_takes_as_many_queries_for_many_as_for_one(as_viewer: APIClient, camera: Camera) -> None:
    expected = queries_of(as_viewer, URL)
    for number in range(5):
        other = Camera.objects.create(name=f"{number}", slug=f"c{number}", source="0")
        CameraStatus.objects.create(camera=other)
    assert queries_of(as_viewer, URL) == expected


def test_an_edit_of_a_camera_that_somebody_else_changed_is_refused(as_operator: APIClient, camera: Camera) -> None:
    seen = as_operator.get(f"{URL}door/").headers["ETag"]
    enable_cameras(cameras=[camera], enabled=False, by=None)
    for method in ("put", "patch", "delete"):
        answer = getattr(as_operator, method)(f"{URL}door/", YARD, format="json", headers={"If-Match": seen})
        assert (answer.status_code, answer.json()["error"]["code"]) == (412, "precondition_failed")
    now = as_operator.get(f"{URL}door/").headers["ETag"]
    answer = as_operator.patch(f"{URL}door/", {"name": "Front"}, format="json", headers={"If-Match": now})
    assert answer.status_code == 200
    assert answer.headers["ETag"] == as_operator.get(f"{URL}door/").headers["ETag"] != now


def test_what_a_camera_does_is_a_new_answer_and_no_reason_to_refuse_an_edit(
    as_operator: APIClient, camera: Camera
) -> None:
    seen = as_operator.get(f"{URL}door/").headers["ETag"]
    assert as_operator.get(f"{URL}door/", headers={"If-None-Match": seen}).status_code == 304
    now = timezone.now()
    CameraStatus.objects.update(state="live", heartbeat_at=now, last_frame_at=now, fps_read=25)
    assert as_operator.get(f"{URL}door/", headers={"If-None-Match": seen}).status_code == 200
    answer = as_operator.patch(f"{URL}door/", {"loop": True}, format="json", headers={"If-Match": seen})
    assert answer.status_code == 200


def test_a_cameras_etag_tells_a_viewer_nothing_of_its_secrets(
    as_operator: APIClient, as_viewer: APIClient, camera: Camera
) -> None:
    operators, viewers = (client.get(f"{URL}door/").headers["ETag"] for client in (as_operator, as_viewer))
    assert operators.partition(".")[0] == viewers.partition(".")[0] and operators != viewers


def test_writes_of_cameras_are_told_in_the_admins_log(as_operator: APIClient, operator: User) -> None:
    as_operator.post(URL, YARD, format="json")
    as_operator.patch(f"{URL}yard/", {"enabled": False, "password": "x"}, format="json")
    as_operator.delete(f"{URL}yard/")
    said = LogEntry.objects.order_by("pk").values_list("user", "object_repr", "change_message")
    assert list(said) == [
        (operator.pk, "Yard", "Added."),
        (operator.pk, "Yard", "Changed enabled."),
        (operator.pk, "Yard", "Deleted."),
    ]


def test_a_threshold_is_read_and_written_as_a_distance_of_the_engine_in_use(
    as_operator: APIClient, camera: Camera
) -> None:
    usual = FUSED.distances.thresholds.match
    Camera.objects.update(match_threshold=0.31, threshold_engine="")
    assert as_operator.get(f"{URL}door/").json()["match_threshold"] == usual
    assert [each["match_threshold"] for each in as_operator.get(URL).json()["results"]] == [
        FUSED.distances.thresholds.match
    ]
    renamed = as_operator.patch(f"{URL}door/", {"name": "Back door"}, format="json").json()
    assert renamed["match_threshold"] == usual, "a change of something else changes no threshold"
    changed = as_operator.patch(f"{URL}door/", {"match_threshold": 0.55}, format="json").json()
    assert changed["match_threshold"] == 0.55
    EngineChoice.objects.create(engine=DLIB.key, previous=FUSED.key)
    assert as_operator.get(f"{URL}door/").json()["match_threshold"] == round(0.55 * 0.31 / usual, 4)


@pytest.mark.parametrize(("width_px", "status"), [(17, 400), (18, 200)])
def test_faces_are_looked_for_from_18_pixels_on(
    as_operator: APIClient, camera: Camera, width_px: int, status: int
) -> None:
    answer = as_operator.patch(f"{URL}door/", {"smallest_face_px": width_px}, format="json")
    assert answer.status_code == status
