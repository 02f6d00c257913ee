"""CompreFace's own Python client, unmodified, against a live server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from tests.people.conftest import picture

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lookers"),
    # The client leaves the pictures open that it sends.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
compreface = pytest.importorskip("compreface", reason="compreface-sdk is not installed")


@pytest.fixture
def sdk(live_server: Any, operator: User, media: Path) -> Iterator[Any]:
    """The client as its documentation sets it up: host, port, key."""
    host, port = live_server.url.rsplit(":", 1)
    yield compreface.CompreFace(host, port)


@pytest.fixture
def key(operator: User) -> str:
    return make_key(name="sdk", scopes=list(Scope), by=operator)[1]


def test_the_whole_round(sdk: Any, key: str, portraits: Path) -> None:
    recognition = sdk.init_face_recognition(key)
    subjects, faces = recognition.get_subjects(), recognition.get_face_collection()
    assert subjects.add("Barack Obama") == {"subject": "Barack Obama"}
    assert subjects.add("Barack Obama")["code"] == 43
    added = faces.add(str(portraits / "obama.jpg"), "Barack Obama")
    assert added["subject"] == "Barack Obama"
    faces.add(str(portraits / "astronaut.png"), "Eileen Collins")
    assert subjects.list() == {"subjects": ["Barack Obama", "Eileen Collins"]}
    assert faces.list()["faces"][0] == added and faces.list()["total_elements"] == 2

    options = {"limit": 0, "det_prob_threshold": 0.8, "prediction_count": 2, "status": "true"}
    found = recognition.recognize(str(portraits / "obama2.jpg"), options)
    (face,) = found["result"]
    assert [each["subject"] for each in face["subjects"]] == ["Barack Obama", "Eileen Collins"]
    assert face["subjects"][0]["similarity"] > 0.9 > 0.1 > face["subjects"][1]["similarity"]
    assert set(face["box"]) == {"probability", "x_max", "y_max", "x_min", "y_min"}
    assert face["execution_time"]["detector"] > 0 and "calculator" in found["plugins_versions"]

    verified = faces.verify(str(portraits / "obama2.jpg"), added["image_id"])
    assert verified["result"][0]["similarity"] > 0.9
    verified = faces.verify(str(portraits / "biden.jpg"), added["image_id"])
    assert verified["result"][0]["similarity"] < 0.5

    assert subjects.update("Eileen Collins", "Commander Collins") == {"updated": True}
    assert recognition.recognize(str(portraits / "astronaut.png"))["result"][0]["subjects"][0]["subject"] == (
        "Commander Collins"
    )
    assert faces.delete(added["image_id"]) == added
    assert faces.delete(added["image_id"])["code"] == 44
    assert faces.delete_all("Commander Collins") == {"deleted": 1}
    assert subjects.delete("Barack Obama") == {"subject": "Barack Obama"}
    assert subjects.delete("Barack Obama")["code"] == 42
    assert subjects.delete_all() == {"deleted": 0}  # their faces took the others along
    assert subjects.list() == {"subjects": []}


def test_verification_and_detection(sdk: Any, key: str, portraits: Path, tmp_path: Path) -> None:
    verification, detection = sdk.init_face_verification(key), sdk.init_face_detection(key)
    same = verification.verify(
        str(portraits / "obama.jpg"), str(portraits / "obama2.jpg"), {"face_plugins": "calculator"}
    )
    (pair,) = same["result"]
    assert pair["face_matches"][0]["similarity"] > 0.9
    assert len(pair["source_image_face"]["embedding"]) == 256
    other = verification.verify(str(portraits / "obama.jpg"), str(portraits / "biden.jpg"))
    assert other["result"][0]["face_matches"][0]["similarity"] < 0.5

    (face,) = detection.detect(str(portraits / "astronaut.png"), {"face_plugins": "age,gender,landmarks,mask"})[
        "result"
    ]
    assert len(face["landmarks"]) == 5 and not {"age", "gender", "mask"} & set(face)
    nobody = tmp_path / "nobody.jpg"
    nobody.write_bytes(picture())
    refused = detection.detect(str(nobody))
    assert refused == {"message": "No face is found in the given image", "code": 28}


def test_a_wrong_key_is_refused_as_compreface_does(sdk: Any, key: str) -> None:
    assert sdk.init_face_recognition("not-a-key").get_subjects().list()["code"] == 26
    unknown = "00000000-0000-4000-8000-000000000000"
    assert sdk.init_face_recognition(unknown).get_subjects().list()["code"] == 10
