"""CompreFace's own JavaScript client 1.0.0, unmodified, under Node against the real application.

The client takes a path that begins with ".", fetches a picture from an address itself and passes it on in chunks, and
sends base64 as JSON.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from people.accounts.making_keys import make_key
from people.records.person import Person
from tests.people.dialect.javascript_sdk import PACKAGE, JavaScriptSdk, javascript_sdk
from tests.serving import serving

pytestmark = [
    pytest.mark.integration,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("lookers"),
]
WAYS = ("path", "address", "base64")


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Writes no line for each picture."""


@pytest.fixture
def sdk(key: str, portraits: Path, media: Path) -> Iterator[JavaScriptSdk]:
    with serving() as served, javascript_sdk(served, key, portraits) as client:
        yield client


@pytest.fixture
def elsewhere(portraits: Path) -> Iterator[str]:
    """The address of another server, which has the portraits."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(portraits))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def shown(portraits: Path, elsewhere: str) -> Callable[[str, str], str]:
    """Returns a portrait as the client takes it, by one of WAYS."""

    def portrait(name: str, way: str) -> str:
        match way:
            case "path":
                return f"./{name}"
            case "address":
                return f"{elsewhere}/{name}"
            case _:
                return base64.b64encode((portraits / name).read_bytes()).decode()

    return portrait


def test_the_package_is_the_version_that_the_docs_name() -> None:
    docs = Path(__file__).resolve().parents[3] / "docs" / "compreface.md"
    assert f"`@exadel/compreface-js-sdk` {json.loads(PACKAGE.read_text())['version']}" in docs.read_text()


def test_every_call_of_subjects(sdk: JavaScriptSdk) -> None:
    assert sdk.answer("subjects.add", "Barack Obama") == {"subject": "Barack Obama"}
    assert sdk.refusal("subjects.add", "Barack Obama") == (400, 43)
    assert sdk.answer("subjects.rename", "Barack Obama", "Michelle Obama") == {"updated": True}
    assert sdk.refusal("subjects.rename", "Barack Obama", "Joe Biden") == (404, 42)
    sdk.answer("subjects.add", "Gaspard Monge")
    assert sdk.answer("subjects.list") == {"subjects": ["Gaspard Monge", "Michelle Obama"]}
    assert sdk.answer("subjects.delete", "Gaspard Monge") == {"subject": "Gaspard Monge"}
    assert sdk.refusal("subjects.delete", "Gaspard Monge") == (404, 42)
    assert sdk.answer("subjects.deleteAll") == {"deleted": 1}
    assert sdk.answer("subjects.list") == {"subjects": []}


def test_every_call_of_faces(sdk: JavaScriptSdk, shown: Callable[[str, str], str]) -> None:
    faces = [
        sdk.answer("faces.add", shown("obama.jpg", "path"), "Barack Obama"),
        sdk.answer("faces.add", shown("biden.jpg", "address"), "Joe Biden"),
        sdk.answer("faces.add", shown("astronaut.png", "base64"), "Eileen Collins"),
    ]
    assert [face["subject"] for face in faces] == ["Barack Obama", "Joe Biden", "Eileen Collins"]
    assert sdk.answer("faces.list")["faces"] == faces

    obama, biden, collins = (face["image_id"] for face in faces)
    for way in WAYS:
        (found,) = sdk.answer("faces.verify", shown("obama2.jpg", way), obama, {"limit": 1, "status": True})["result"]
        assert found["similarity"] > 0.9 and found["execution_time"]["detector"] > 0
    (other,) = sdk.answer("faces.verify", shown("obama2.jpg", "path"), biden)["result"]
    assert other["similarity"] < 0.5

    assert sdk.answer("faces.delete", collins) == faces[2]
    assert sdk.refusal("faces.delete", collins) == (404, 44)
    assert sdk.answer("faces.delete_multiple_images", [biden]) == [faces[1]]
    assert sdk.answer("faces.delete_all_subject", "Barack Obama") == {"deleted": 1}
    assert sdk.answer("faces.list")["faces"] == []
    sdk.answer("faces.add", shown("obama.jpg", "path"), "Barack Obama")
    assert sdk.answer("faces.delete_all") == {"deleted": 1}
    assert not Person.objects.filter(retired_at=None).exists()


def test_it_recognises_pictures_sent_in_every_way(sdk: JavaScriptSdk, shown: Callable[[str, str], str]) -> None:
    sdk.answer("faces.add", shown("obama.jpg", "address"), "Barack Obama")
    sdk.answer("faces.add", shown("biden.jpg", "base64"), "Joe Biden")
    asked = {"det_prob_threshold": 0.8, "prediction_count": 2, "face_plugins": "landmarks,age", "status": True}
    for way in WAYS:
        (face,) = sdk.answer("recognition.recognize", shown("obama2.jpg", way), asked)["result"]
        (first, second) = face["subjects"]
        assert (first["subject"], second["subject"]) == ("Barack Obama", "Joe Biden")
        assert first["similarity"] > 0.9 > 0.5 > second["similarity"]
        assert len(face["landmarks"]) == 5 and "age" not in face and face["execution_time"]["detector"] > 0


def test_a_face_is_added_to_whom_it_names_whatever_the_options(
    sdk: JavaScriptSdk, shown: Callable[[str, str], str]
) -> None:
    """The client joins an option to the subject with a second question mark."""
    added = sdk.answer("faces.add", shown("obama.jpg", "path"), "Barack Obama", {"det_prob_threshold": 0.5})
    assert added["subject"] == "Barack Obama"
    strict = {"det_prob_threshold": 0.99999}
    assert sdk.refusal("faces.add", shown("biden.jpg", "path"), "Barack Obama", strict) == (400, 28)


def test_names_are_encoded_by_whoever_calls_the_client(sdk: JavaScriptSdk, shown: Callable[[str, str], str]) -> None:
    """It puts a name into an address as it is: beyond ASCII, `encodeURIComponent` is needed, with any server."""
    name = "Zoë / Ünal?limit=1 & Co"
    assert sdk.answer("subjects.add", name) == {"subject": name}  # in the body
    face = sdk.answer("faces.add", shown("obama.jpg", "path"), quote(name, safe=""))
    assert face["subject"] == name
    assert sdk.answer("subjects.rename", quote(name, safe=""), "Zoë") == {"updated": True}
    assert sdk.answer("faces.delete_all_subject", quote("Zoë")) == {"deleted": 1}


def test_detection(sdk: JavaScriptSdk, shown: Callable[[str, str], str]) -> None:
    for way in WAYS:
        (face,) = sdk.answer("detection.detect", shown("astronaut.png", way))["result"]
        assert set(face) == {"box"}
    asked = {"det_prob_threshold": 0.8, "face_plugins": "calculator,landmarks", "status": True}  # two "?" without limit
    told = sdk.answer("detection.detect", shown("astronaut.png", "path"), asked)
    (face,) = told["result"]
    assert len(face["landmarks"]) == 5 and len(face["embedding"]) == 256 and "detector" in told["plugins_versions"]
    told = sdk.answer("detection.detect", shown("astronaut.png", "path"), limit=1, status=True)  # of the whole client
    assert "plugins_versions" in told


def test_verification(sdk: JavaScriptSdk, shown: Callable[[str, str], str]) -> None:
    asked = {"det_prob_threshold": 0.8, "status": True}
    for source, target in [*product(("path", "address"), repeat=2), ("base64", "base64")]:
        told = sdk.answer("verification.verify", shown("obama.jpg", source), shown("obama2.jpg", target), asked)
        assert told["result"][0]["face_matches"][0]["similarity"] > 0.9
        assert told["execution_time"]["source_image"]["detector"] > 0
    other = sdk.answer("verification.verify", shown("obama.jpg", "path"), shown("biden.jpg", "path"))
    assert other["result"][0]["face_matches"][0]["similarity"] < 0.5


def test_its_form_without_a_boundary_is_refused_in_words(sdk: JavaScriptSdk) -> None:
    """Under Node it sends a Blob so, and any path that does not begin with a dot: no server can read that."""
    assert sdk.refusal("recognition.recognize", "no path", {}) == (400, 36)


def test_a_key_that_may_not_is_refused_as_compreface_does(sdk: JavaScriptSdk, operator: Any) -> None:
    assert sdk.refusal("subjects.list", key="not-a-key") == (400, 26)
    assert sdk.refusal("subjects.list", key="00000000-0000-4000-8000-000000000000") == (404, 10)
    weak = make_key(name="weak", scopes=["recognise"], by=operator)[1]
    assert sdk.refusal("subjects.deleteAll", key=weak) == (403, 0)
