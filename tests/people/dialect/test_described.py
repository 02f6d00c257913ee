"""The OpenAPI document tells the truth about the dialect: what its addresses answer has the described shapes."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.conf import settings
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from people.dialect.urls import ADDRESSES
from people.records.person import Person
from people.records.photo import Photo
from tests.people.conftest import near, unit_vector
from tests.people.dialect.test_dialect import RIGHTS, ROOT, SOMEBODY, UNKNOWN_KEY

# By libyaml: every process of the tests reads it, which takes 2 s of the processor in Python, and 0.4 s in C.
DOCUMENT: dict[str, Any] = yaml.load(
    (Path(settings.ROOT) / "facesite" / "openapi.yml").read_text(), Loader=yaml.CSafeLoader
)
# Closed, so that an answer with a field that is not described fails.
SHAPES = {name: {**shape, "additionalProperties": False} for name, shape in DOCUMENT["components"]["schemas"].items()}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of every operation under the dialect's tag."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if operation["tags"] == ["compreface"]:
                yield path, method, operation


def described(method: str, path: str) -> dict[str, Any]:
    """Returns the operation that an address belongs to; one without variables goes before one with."""
    fitting = [
        (each, operation)
        for each, verb, operation in operations()
        if verb == method and re.fullmatch(re.sub(r"{\w+}", ".+", each), path)
    ]
    return min(fitting, key=lambda found: found[0].count("{"))[1]


def assert_as_described(method: str, path: str, answer: Any, status: int) -> None:
    """The answer has this status, and the shape that the document gives it."""
    assert answer.status_code == status, answer.content
    responses = described(method, urlsplit(path).path)["responses"]
    content = responses[str(status) if str(status) in responses else "4XX"]["content"]
    schema = {**content["application/json"]["schema"], "components": {"schemas": SHAPES}}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer.json())


@pytest.fixture
def asked(client: APIClient) -> Callable[..., Any]:
    """Asks one address with a key for everything, holds the answer against the document, and returns it."""

    def ask(method: str, path: str, status: int, body: Any = None) -> Any:
        answer = getattr(client, method)(ROOT + path, body, format="json")
        assert_as_described(method, ROOT + path, answer, status)
        return answer.json()

    return ask


def test_every_address_and_method_is_described_once_without_a_slash_at_the_end() -> None:
    told = sorted((method, re.sub(r"{\w+}", "*", path)) for path, method, _ in operations())
    assert all(not path.endswith("/") for _, path in told)
    patterns = {re.sub(r"\(\?P<\w+>.+?[}?]\)", "*", address): view for address, view in ADDRESSES}
    assert told == sorted(
        (method.lower(), ROOT + address) for address, view in patterns.items() for method in view.rights
    )


def test_every_call_wants_the_dialects_key_and_has_a_name_a_summary_and_refusals_of_its_own() -> None:
    scheme = DOCUMENT["components"]["securitySchemes"]["compreFaceKey"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "x-api-key")
    refusal = {"$ref": "#/components/schemas/CompreFaceRefusal"}
    for path, method, operation in operations():
        assert operation["security"] == [{"compreFaceKey": []}], (method, path)
        assert operation["operationId"].startswith("compreface_") and operation["summary"]
        refused = {status: told for status, told in operation["responses"].items() if status[0] in "45"}
        assert set(refused) == {"400", "403", "404", "4XX", "503"}
        assert all(told["content"]["application/json"]["schema"] == refusal for told in refused.values())


def test_described_ranges_and_defaults_are_those_of_the_site(client: APIClient) -> None:
    Person.objects.create(name="Ada")
    for parameter in described("get", f"{ROOT}recognition/faces")["parameters"]:
        if (schema := parameter["schema"])["type"] == "integer":
            url = f"{ROOT}recognition/faces?{parameter['name']}="
            statuses = [client.get(f"{url}{schema[end] + step}").status_code for end, step in
                        (("minimum", 0), ("minimum", -1), ("maximum", 0), ("maximum", 1))]  # fmt: skip
            assert statuses == [200, 400, 200, 400], parameter["name"]
            assert client.get(f"{ROOT}recognition/faces").json() == client.get(f"{url}{schema['default']}").json()


@pytest.mark.parametrize(("method", "path", "scopes"), RIGHTS)
def test_refusals_of_a_key_are_as_described(
    method: str, path: str, scopes: list[str], limited: Callable[..., APIClient], media: Path
) -> None:
    lacking = limited("read_sightings")
    assert_as_described(method, ROOT + path, getattr(lacking, method)(ROOT + path, {}, format="json"), 403)
    stranger = APIClient()
    assert_as_described(method, ROOT + path, getattr(stranger, method)(ROOT + path), 400)
    unknown = getattr(stranger, method)(ROOT + path, headers={"x-api-key": UNKNOWN_KEY})
    assert_as_described(method, ROOT + path, unknown, 404)


def test_answers_about_subjects_are_as_described(asked: Callable[..., Any], db: None) -> None:
    asked("post", "recognition/subjects", 201, {"subject": "Ada"})
    asked("post", "recognition/subjects", 400, {"subject": "Ada"})
    asked("get", "recognition/subjects", 200)
    asked("put", "recognition/subjects/Ada", 200, {"subject": "Ada King"})
    asked("put", "recognition/subjects/Nobody", 404, {"subject": "Ada"})
    asked("delete", "recognition/subjects/Ada King", 200)
    asked("delete", "recognition/subjects", 200)


def test_answers_about_faces_are_as_described(asked: Callable[..., Any], enrolled: Callable[..., Photo]) -> None:
    photos = [enrolled(name, unit_vector(number)) for number, name in enumerate(("Ada", "Grace", "Grace"))]
    assert len(asked("get", "recognition/faces?size=2", 200)["faces"]) == 2
    asked("get", "recognition/faces?size=0", 400)
    asked("delete", f"recognition/faces/{photos[0].pk}", 200)
    asked("delete", f"recognition/faces/{SOMEBODY}", 404)
    assert asked("post", "recognition/faces/delete", 200, [str(photos[1].pk), str(SOMEBODY)])
    assert asked("delete", "recognition/faces?subject=Grace", 200) == {"deleted": 1}
    asked("delete", "recognition/faces", 200)


def test_answers_about_embeddings_are_as_described(asked: Callable[..., Any], enrolled: Callable[..., Photo]) -> None:
    ada = unit_vector(1)
    photo = enrolled("Ada", ada)
    sent = {"embeddings": [near(ada, 0.3).tolist(), unit_vector(2).tolist()]}
    assert asked("post", "recognition/embeddings/recognize?prediction_count=2", 200, sent)["result"][0]["similarities"]
    assert asked("post", f"recognition/embeddings/faces/{photo.pk}/verify", 200, sent)["result"]
    asked("post", f"recognition/embeddings/faces/{SOMEBODY}/verify", 404, sent)
    pair = {"source": ada.tolist(), "targets": sent["embeddings"]}
    assert asked("post", "verification/embeddings/verify", 200, pair)["result"]
    asked("post", "verification/embeddings/verify", 400, {**pair, "source": []})


@pytest.mark.integration
@pytest.mark.usefixtures("lookers", "media")
@pytest.mark.django_db(transaction=True)
def test_answers_about_pictures_are_as_described(asked: Callable[..., Any], portraits: Path) -> None:
    obama, again = (base64.b64encode((portraits / name).read_bytes()).decode() for name in ("obama.jpg", "obama2.jpg"))
    everything = "face_plugins=calculator,landmarks&status=true"
    known = asked("post", "recognition/faces?subject=Barack", 201, {"file": obama})["image_id"]
    (face,) = asked("post", f"recognition/recognize?{everything}&extras=true", 200, {"file": again})["result"]
    assert {"embedding", "landmarks", "execution_time", "verdict", "person_id"} <= set(face)
    for options in ("", f"?{everything}"):
        assert asked("post", f"recognition/recognize{options}", 200, {"file": again})["result"]
        assert asked("post", f"detection/detect{options}", 200, {"file": again})["result"]
        assert asked("post", f"recognition/faces/{known}/verify{options}", 200, {"file": again})["result"]
        pair = {"source_image": obama, "target_image": again}
        assert asked("post", f"verification/verify{options}", 200, pair)["result"]
    asked("post", "detection/detect", 400, {"file": base64.b64encode(b"no picture").decode()})
    asked("post", "detection/detect?limit=-1", 400, {"file": again})
