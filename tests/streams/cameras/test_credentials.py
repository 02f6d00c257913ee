"""Camera passwords: moved out of sources, sealed, opened for the child alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.db.migrations.executor import MigrationExecutor

from streams.cameras.configs import camera_config
from streams.cameras.credentials import address_of, looking_address_of
from streams.cameras.services import save_camera
from streams.errors import BadSource
from streams.records.camera import Camera
from tests.databases import migrated_to

SECRET = "rtsp://ann:hunter2@10.0.0.9/live"


@pytest.fixture
def camera(db: None) -> Camera:
    return save_camera(camera=Camera(name="Door", slug="door", source=SECRET), by=None)


def test_the_source_is_stored_without_its_login(camera: Camera) -> None:
    row = Camera.objects.values().get()
    assert row["source"] == "rtsp://10.0.0.9/live" and row["username"] == "ann"
    assert "hunter2" not in str(row)


def test_the_child_gets_the_login_and_its_orders_do_not_print_it(camera: Camera) -> None:
    config = camera_config(camera)
    assert config.source == SECRET
    assert "hunter2" not in repr(config)


def test_sealing_a_password_anew_starts_no_new_child(camera: Camera) -> None:
    before = camera_config(camera)
    save_camera(camera=camera, password="hunter2", by=None)
    assert camera_config(Camera.objects.get()) == before


def test_the_database_refuses_a_source_with_a_login(camera: Camera) -> None:
    with pytest.raises(IntegrityError, match="camera_source_without_login"):
        Camera.objects.update(source=SECRET)


def test_a_password_stays_on_its_server_unless_it_is_given_again(camera: Camera) -> None:
    camera.source = "rtsp://10.0.0.10/live"
    with pytest.raises(ValidationError, match="enter its password again"):
        save_camera(camera=camera, by=None)
    save_camera(camera=camera, password="other", by=None)
    assert address_of(Camera.objects.get()) == "rtsp://ann:other@10.0.0.10/live"


def test_another_path_on_the_same_server_keeps_the_password(camera: Camera) -> None:
    camera.source = "rtsp://10.0.0.9/second"
    save_camera(camera=camera, by=None)
    assert address_of(Camera.objects.get()) == "rtsp://ann:hunter2@10.0.0.9/second"


def test_a_login_and_a_token_are_both_kept_and_both_sealed(db: None) -> None:
    written = "http://ann:hunter2@10.0.0.9/live?token=s3same"
    camera = save_camera(camera=Camera(name="Door", slug="door", source=written), by=None)
    row = str(Camera.objects.values().get())
    assert "hunter2" not in row and "s3same" not in row
    assert address_of(camera) == written
    save_camera(camera=camera, password="other", by=None)
    assert address_of(Camera.objects.get()) == "http://ann:other@10.0.0.9/live?token=s3same"
    camera.source = "http://10.0.0.9/live?token=new"
    save_camera(camera=camera, by=None)
    assert address_of(Camera.objects.get()) == "http://ann:other@10.0.0.9/live?token=new"


@pytest.mark.parametrize(
    "source",
    [
        "rtsp://ann:hunter#2@10.0.0.9/1",
        "rtsp://10.0.0.9/user=ann_password=hunter#2",
        "rtsp://ann:hunter/2@10.0.0.9:99999/",
    ],
)
def test_no_error_and_no_row_shows_a_password(source: str, db: None) -> None:
    try:
        save_camera(camera=Camera(name="Door", slug="door", source=source), by=None)
    except ValidationError as error:
        assert "hunter" not in str(error)
    assert "hunter" not in str(list(Camera.objects.values()))


@pytest.mark.parametrize("source", ["clips/door.mp4", "0", "browser:"])
def test_a_source_that_asks_for_nothing_keeps_no_login(camera: Camera, source: str) -> None:
    camera.source = source
    save_camera(camera=camera, by=None)
    stored = Camera.objects.get()
    assert (address_of(stored), stored.username, stored.has_password) == (source, "", False)


def test_a_camera_whose_key_is_lost_has_a_reason(camera: Camera, settings: Any) -> None:
    settings.SECRET_KEY = "z" * 50
    with pytest.raises(BadSource, match="enter it again"):
        camera_config(camera)


def test_passwords_are_sealed_anew_for_a_new_key(camera: Camera, settings: Any, capsys: Any) -> None:
    settings.CAMERA_KEYS = ["n" * 40]
    call_command("reseal_cameras")
    settings.SECRET_KEY = "z" * 50
    assert "1 password" in capsys.readouterr().out
    assert address_of(Camera.objects.get()) == SECRET
    settings.CAMERA_KEYS = ["o" * 40]
    with pytest.raises(CommandError, match="door"):
        call_command("reseal_cameras")


@pytest.mark.django_db(transaction=True)
def test_the_migration_takes_logins_out_and_can_be_undone() -> None:
    before, after = ("streams", "0002_detection_newest"), ("streams", "0003_camera_credentials")

    def cameras_at(*targets: tuple[str, str]) -> Any:
        executor = MigrationExecutor(connection)
        executor.migrate(targets)
        return executor.loader.project_state(targets).apps.get_model("streams", "Camera").objects

    with migrated_to(before):
        cameras_at(before).create(name="Door", slug="door", source=SECRET)
        assert cameras_at(after).get().source == "rtsp://10.0.0.9/live"
        assert cameras_at(before).get().source == SECRET
        cameras_at(*MigrationExecutor(connection).loader.graph.leaf_nodes())
        assert address_of(Camera.objects.get()) == SECRET


def smaller(camera: Camera, address: str) -> Camera:
    camera.looking_source = address
    save_camera(camera=camera, by=None)
    return Camera.objects.get()


@pytest.mark.parametrize("address", ["rtsp://10.0.0.9/small", "rtsp://ann:hunter2@10.0.0.9/small"])
def test_a_smaller_stream_has_the_same_login_and_is_stored_without_it(camera: Camera, address: str) -> None:
    stored = smaller(camera, address)
    assert stored.looking_source == "rtsp://10.0.0.9/small"
    assert looking_address_of(stored) == "rtsp://ann:hunter2@10.0.0.9/small"


@pytest.mark.parametrize(
    "address", ["rtsp://10.0.0.66/small", "rtsp://10.0.0.9:8554/small", "http://10.0.0.9/small", "rtsps://10.0.0.9/s"]
)
def test_the_password_does_not_go_to_another_server_by_way_of_a_smaller_stream(camera: Camera, address: str) -> None:
    with pytest.raises(ValidationError, match="same server and port"):
        smaller(camera, address)
    assert Camera.objects.get().looking_source == ""


def test_without_a_login_a_smaller_stream_may_come_from_elsewhere_and_a_login_given_later_may_not_go_there(
    db: None,
) -> None:
    open_camera = save_camera(camera=Camera(name="Open", slug="open", source="rtsp://10.0.0.9/1"), by=None)
    stored = smaller(open_camera, "http://10.0.0.9/2")
    with pytest.raises(ValidationError, match="same server and port"):
        save_camera(camera=stored, password="hunter2", by=None)


def test_two_addresses_with_two_logins_are_refused(db: None) -> None:
    two = Camera(name="Two", slug="two", source=SECRET, looking_source="rtsp://bob:other@10.0.0.9/small")
    with pytest.raises(ValidationError, match="different logins"):
        save_camera(camera=two, by=None)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("clips/door.mp4", "is an address"),
        ("browser:", "is an address"),
        ("file:///etc/passwd", "begin with"),
        ("http://169.254.169.254/latest", "not allowed for cameras"),
    ],
)
def test_a_smaller_stream_follows_the_rules_of_a_source(camera: Camera, address: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        smaller(camera, address)


def test_a_file_has_no_smaller_stream(db: None) -> None:
    film = Camera(name="Film", slug="film", source="clips/door.mp4", looking_source="rtsp://10.0.0.9/small")
    with pytest.raises(ValidationError, match="second stream"):
        save_camera(camera=film, by=None)


def test_the_database_refuses_a_smaller_stream_with_a_login(camera: Camera) -> None:
    with pytest.raises(IntegrityError, match="camera_looking_source_without_login"):
        Camera.objects.update(looking_source=SECRET)
