"""`verify_erasure` finds whatever is put back by hand, and believes no certificate that the site did not make."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandError

from people.audit.anchors import site_keys
from people.base.signing_key import SigningKey
from people.records.encoding import Encoding
from people.records.person import Person
from people.records.photo import Photo
from streams.erasing.certificate import BadCertificate, Certificate
from streams.erasing.document import document_of
from streams.erasing.erasure import ErasureCertificate
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.identity_edit import IdentityEdit
from tests.people.conftest import unit_vector
from tests.streams.erasing.conftest import Erase, Known, a_photo, certificate_of
from tests.streams.pages.rows import JPEG, a_detection, a_sighting

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(known: Known) -> dict[str, Any]:
    """What somebody has noted who wants to put it back."""
    photo = known.ada.photos.get()
    return {
        "person": known.ada.pk,
        "photo": photo.pk,
        "object": photo.image.name,
        "encoding": Encoding.objects.filter(photo=photo).first().pk,  # type: ignore[union-attr]
        "sighting": known.sighting.pk,
        "look": Detection.objects.get(sighting=known.sighting).pk,
        "camera": known.sighting.camera,
    }


@pytest.fixture
def path(ids: dict[str, Any], known: Known, erase: Erase, tmp_path: Path) -> Path:
    """The file of Ada's certificate."""
    file = tmp_path / "certificate.json"
    file.write_text(certificate_of(erase(known.ada)).text())
    return file


def verified(path: Path) -> tuple[int, str]:
    """Returns exit code and words."""
    try:
        call_command("verify_erasure", str(path))
    except CommandError as error:
        return error.returncode, str(error)
    return 0, ""


def test_nothing_is_there(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(path) == (0, "")
    said = capsys.readouterr().out
    assert "Nothing is there of what E-" in said
    assert "This site knows of no backup" in said


def put_back_person(ids: dict[str, Any], bob: Person) -> None:
    Person.objects.create(id=ids["person"], name="Ada")


def put_back_photo(ids: dict[str, Any], bob: Person) -> None:
    Photo.objects.create(id=ids["photo"], person=bob, image="photos/other", sha256="3" * 64)


def put_back_encoding(ids: dict[str, Any], bob: Person) -> None:
    photo = bob.photos.get()
    Encoding.objects.create(id=ids["encoding"], photo=photo, engine="third engine", vector=unit_vector(7), quality=1)


def put_back_sighting(ids: dict[str, Any], bob: Person) -> None:
    row = a_sighting(ids["camera"])
    type(row).objects.filter(pk=row.pk).update(id=ids["sighting"])


def put_back_look(ids: dict[str, Any], bob: Person) -> None:
    a_detection(a_sighting(ids["camera"]), id=ids["look"])
    Detection.objects.exclude(pk=ids["look"]).filter(sighting__person=None).delete()


def put_back_object(ids: dict[str, Any], bob: Person) -> None:
    default_storage.save(ids["object"], ContentFile(JPEG))


def put_back_edit(ids: dict[str, Any], bob: Person) -> None:
    IdentityEdit.objects.create(who="Ann", kind="is", person=ids["person"])


@pytest.mark.parametrize(
    ("put_back", "words"),
    [
        (put_back_person, "people: the row"),
        (put_back_photo, "photos: the row"),
        (put_back_encoding, "encodings of photos: the row"),
        (put_back_sighting, "sightings: the row"),
        (put_back_object, "stored photos: the object photos/"),
        (put_back_edit, "is named in a row of identity edits, column person"),
    ],
)
def test_whatever_is_put_back_by_hand_is_found(
    path: Path, ids: dict[str, Any], known: Known, put_back: Callable[..., None], words: str
) -> None:
    put_back(ids, known.bob)
    code, said = verified(path)
    assert code == 1 and words in said
    assert said.startswith("1 things are there again")


def test_a_look_that_is_put_back_is_found(path: Path, ids: dict[str, Any]) -> None:
    look = a_detection(a_sighting(ids["camera"]))
    Detection.objects.filter(pk=look.pk).update(id=ids["look"])
    code, said = verified(path)
    assert code == 1 and f"looks of sightings: the row {ids['look']}" in said


def test_somebody_who_is_enrolled_anew_is_not_somebody_who_was_put_back(path: Path) -> None:
    a_photo(Person.objects.create(name="Ada Lovelace"))
    assert verified(path) == (0, "")


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))


def test_a_changed_certificate_is_not_believed(path: Path) -> None:
    changed(path, lambda told: told.update(certificate=told["certificate"].replace('"photos": 1', '"photos": 2')))
    assert verified(path) == (2, "The certificate was changed: its signature does not fit.")


def test_a_certificate_by_another_key_is_not_believed(path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding as Form
    from cryptography.hazmat.primitives.serialization import PublicFormat

    from people.base.signing_key import fingerprint_of

    key = Ed25519PrivateKey.generate()
    public = key.public_key()

    def sign(told: dict[str, Any]) -> None:
        told["certificate"] = told["certificate"].replace('"photos": 1', '"photos": 2')
        told["signature"] = key.sign(told["certificate"].encode()).hex()
        told["key"] = fingerprint_of(public.public_bytes_raw())
        told["public_key"] = public.public_bytes(Form.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    changed(path, sign)
    code, said = verified(path)
    assert code == 2 and "none of this site's" in said


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"certificate": 1}', "\x00\xff"])
def test_what_is_no_certificate_is_said_in_a_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    assert verified(tmp_path / "x.json") == (2, "This is no certificate of an erasure.")


def test_a_file_that_is_not_there_cannot_be_checked(tmp_path: Path) -> None:
    code, said = verified(tmp_path / "never.json")
    assert code == 3 and "No such file" in said


def test_a_site_that_lost_its_signing_key_knows_its_certificates_by_the_seal(path: Path) -> None:
    SigningKey.objects.all().delete()
    assert verified(path) == (0, "")


def test_an_old_secret_key_is_needed_to_search_and_a_fallback_is_enough(path: Path, settings: Any) -> None:
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 4
    code, said = verified(path)
    assert code == 3 and "SECRET_KEY_FALLBACKS" in said
    settings.SECRET_KEY_FALLBACKS = [old]
    assert verified(path) == (0, "")


def test_its_pdf_says_the_same(known: Known, erase: Erase) -> None:
    certificate = certificate_of(erase(known.ada))
    assert document_of(certificate).startswith(b"%PDF-")


def test_the_file_in_the_storage_is_the_certificate(known: Known, erase: Erase) -> None:
    row = ErasureCertificate.objects.get(reference=erase(known.ada).reference)
    with default_storage.open(f"erasures/{row.reference}.json") as file:
        certificate = Certificate.read(file.read().decode())
    certificate.check(site_keys())
    assert certificate.text() == row.text


def test_a_certificate_of_a_later_release_says_so() -> None:
    certificate = Certificate('{"format": 2}', "x", "x", "00", "00")
    with pytest.raises(BadCertificate, match="later release"):
        certificate.said["reference"]


def test_traces_of_one_kind_say_nothing_of_another() -> None:
    from streams.erasing.traces import newest_tracer

    key: UUID = uuid4()
    tracer = newest_tracer()
    assert tracer.traces("people.Person", [key]) != tracer.traces("people.Photo", [key])
    assert len(tracer.traces("people.Person", [key, key])) == 24


def test_a_camera_may_be_deleted_since(path: Path, camera: Camera) -> None:
    assert verified(path) == (0, "")
