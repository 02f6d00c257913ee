"""Google Cloud Storage by the settings' own options, over an emulator; it checks no signatures, so we look at links."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import service_account

from facesite.connections import private_bucket
from people.editing.services import add_photo
from people.records.person import Person
from people.records.photo import Photo
from people.records.stored_objects import remove
from streams.cameras.services import save_snapshot
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.running.recording import record_sighting
from tests.parts.conftest import BUCKET
from tests.streams.said import JPEG, new_detection, sighting_change

pytestmark = pytest.mark.integration
FIVE_MINUTES_S = 300


def names(bucket: Any) -> set[str]:
    return {blob.name for blob in bucket.client.list_blobs(BUCKET)}


@pytest.fixture
def photo(bucket: Any, portraits: Any, db: None) -> Photo:
    person = Person.objects.create(name="Ada")
    picture = (portraits / "astronaut.png").read_bytes()
    return add_photo(person=person, file=picture, original_name="../../Ada Lovelace <script>.png", by=None)


@pytest.fixture
def detection(bucket: Any, db: None) -> Detection:
    """With its snapshot stored as the worker does it."""
    camera = Camera.objects.create(name="Hall", slug="hall", source="0")
    change = sighting_change(detections=(item := new_detection(),))
    record_sighting(camera_id=camera.pk, change=change, snapshots={item.id: save_snapshot(detection=item)})
    return Detection.objects.get()


def test_what_is_stored_is_read_and_deleted(bucket: Any) -> None:
    name = default_storage.save("photos/one", ContentFile(b"first"))
    assert name == "photos/one"
    assert default_storage.exists(name) and default_storage.size(name) == 5
    with default_storage.open(name) as stored:
        assert stored.read() == b"first"
    assert timezone.now() - default_storage.get_modified_time(name) < timedelta(minutes=1)
    remove([name])
    assert names(bucket) == set()


def test_nothing_that_is_stored_is_overwritten(bucket: Any) -> None:
    first, second = (default_storage.save("photos/one", ContentFile(text)) for text in (b"first", b"second"))
    assert first != second
    with default_storage.open(first) as stored:
        assert stored.read() == b"first"


def test_an_object_that_is_gone_reads_as_not_found(bucket: Any) -> None:
    with pytest.raises(FileNotFoundError):
        default_storage.open("photos/never").read()


def test_neither_a_persons_name_nor_a_hostile_file_name_reaches_the_bucket(photo: Photo, bucket: Any) -> None:
    assert names(bucket) == {photo.image.name}
    assert re.fullmatch(r"photos/[0-9a-f]{32}", photo.image.name or "")


def test_a_photo_comes_from_the_bucket_through_our_own_view_alone(
    photo: Photo, client: Client, viewer: User, stranger: User
) -> None:
    address = f"/media/photos/{photo.pk}/"
    assert client.get(address).status_code == 302
    client.force_login(stranger)
    assert client.get(address).status_code == 403
    client.force_login(viewer)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert "Location" not in answer and "private" in answer["Cache-Control"]


def test_a_snapshot_comes_from_the_bucket_and_is_404_when_it_is_gone(
    detection: Detection, client: Client, viewer: User
) -> None:
    client.force_login(viewer)
    address = f"/media/detections/{detection.pk}/"
    assert client.get(address).content == JPEG
    default_storage.delete(str(detection.snapshot.name))
    assert client.get(address).status_code == 404


def test_orphans_of_every_kind_are_swept_and_what_rows_name_stays(
    photo: Photo, detection: Detection, bucket: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    kept = names(bucket)
    for folder in ("photos", "crops", "snapshots"):
        default_storage.save(f"{folder}/lost", ContentFile(b"x"))
    monkeypatch.setattr("people.records.stored_objects.ORPHAN_AGE", timedelta(0))
    call_command("sweep_orphans")
    assert capsys.readouterr().out == "3 objects deleted.\n"
    assert names(bucket) == kept


def test_a_link_is_signed_and_lives_five_minutes(bucket: Any, settings: Any) -> None:
    link = urlsplit(_link(settings, credentials=_service_account(), iam_sign_blob=False))
    query = parse_qs(link.query)
    assert len(query["X-Goog-Signature"][0]) == 512  # RSA 2048 in hexadecimal
    assert query["X-Goog-Algorithm"] == ["GOOG4-RSA-SHA256"]
    assert query["X-Goog-Expires"] == [str(FIVE_MINUTES_S)]
    assert link.path.endswith(f"/{BUCKET}/photos/one")


def test_a_signer_that_fails_is_an_error_and_no_public_link(bucket: Any, settings: Any) -> None:
    """The options as they are: a pod signs by IAM, which does not know these credentials."""
    unable = _service_account(token_uri="http://127.0.0.1:1/token")
    with pytest.raises(GoogleAuthError):
        _link(settings, credentials=unable)


def _link(settings: Any, **options: Any) -> str:
    """To an object in the site's storage with further options."""
    media = private_bucket(BUCKET)
    settings.STORAGES = {**settings.STORAGES, "default": {**media, "OPTIONS": {**media["OPTIONS"], **options}}}
    return str(storages["default"].url("photos/one"))


def _service_account(token_uri: str = "https://oauth2.googleapis.com/token") -> Any:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    info = {"client_email": "web@test.iam.gserviceaccount.com", "private_key": pem, "token_uri": token_uri}
    return service_account.Credentials.from_service_account_info(info)
