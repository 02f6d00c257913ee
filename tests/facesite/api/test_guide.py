"""The examples of docs/api.md do what the page says: each command is run, each answer compared with the shown one."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from people.recognising.uploaded import look
from people.records.person import Person
from streams.pipeline.messages import MeanEncoding
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.sighting_encoding import keep_encoding
from streams.records.stranger import Stranger
from tests.people.imports.conftest import zip_of

GUIDE = Path(settings.ROOT) / "docs" / "api.md"
BLOCK = re.compile(r"```(sh|json)\n(.*?)```", re.DOTALL)
ETAG = re.compile(r"(?P<name>\w+)=\$\((?P<command>.*%header\{etag\}.*)\)")
KEPT = re.compile(r"(?P<name>\w+)=\$\((?P<command>.*) \| jq -r \.(?P<path>\S+)\)")


@dataclass
class Curl:
    """One curl command of the guide, understood."""

    url: str = ""
    method: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    form: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, words: list[str]) -> Curl:
        assert words.pop(0) == "curl"
        command = cls()
        while words:
            match words.pop(0):
                case "-X":
                    command.method = words.pop(0)
                case "-H":
                    name, value = words.pop(0).split(": ", 1)
                    command.headers[name] = value
                case "-d":
                    command.data.append(words.pop(0))
                case "-o":
                    words.pop(0)
                case "-w":
                    assert words.pop(0) == "%header{etag}"
                case "-F":
                    command.form.append(words.pop(0))
                case url:
                    command.url = url
        return command

    def run(self, client: Client, files: dict[str, bytes]) -> Any:
        method = self.method or ("POST" if self.data or self.form else "GET")
        if self.form:
            fields: dict[str, list[Any]] = {}
            for name, value in (pair.split("=", 1) for pair in self.form):
                sent = SimpleUploadedFile(value[1:], files[value[1:]]) if value.startswith("@") else value
                fields.setdefault(name, []).append(sent)
            return client.post(self.url, fields, headers=self.headers)
        kind = self.headers.pop("Content-Type", "application/x-www-form-urlencoded")
        return client.generic(method, self.url, "&".join(self.data), content_type=kind, headers=self.headers)


def examples() -> Iterator[tuple[str, str]]:
    """(command, the answer shown after it or nothing), in the order of the page."""
    blocks = BLOCK.findall(GUIDE.read_text())
    for (kind, text), (next_kind, answer) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "sh":
            yield text.strip(), answer if next_kind == "json" else ""


def picked(answer: Any, path: str) -> str:
    """As `jq -r .path` does it."""
    for step in re.findall(r"\w+", path):
        answer = answer[int(step)] if isinstance(answer, list) else answer[step]
    return str(answer)


def assert_like(shown: Any, real: Any, at: str = "answer") -> None:
    """Whatever the page shows is in the real answer, with the same kind of value, or the same null or emptiness."""
    if isinstance(shown, dict):
        for name, value in shown.items():
            assert name in real, f"{at} has no {name}"
            assert_like(value, real[name], f"{at}.{name}")
    elif isinstance(shown, list):
        assert len(shown) == len(real), at
        for number, (one, other) in enumerate(zip(shown, real, strict=True)):
            assert_like(one, other, f"{at}[{number}]")
    else:
        assert type(shown) is type(real), f"{at}: {shown!r} is shown, {real!r} is the truth"


@pytest.fixture
def door(db: None, portraits: Path) -> None:
    """The sighting that the page shows and finds."""
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    sighting = Sighting.objects.create(
        id=uuid4(), camera=Camera.objects.create(name="Door", slug="door", source="0"), verdict="unknown",
        first_seen_at=noon, last_seen_at=noon, distance=0.91, margin=0.2, match_threshold=0.5, review_threshold=0.55,
        gallery_version=7,
    )  # fmt: skip
    sighting.stranger = Stranger.objects.create(number=12, first_seen_at=noon, last_seen_at=noon, sightings=1)
    sighting.save()
    grace = Person.objects.create(name="Grace Hopper")
    hall = Camera.objects.create(name="Hall", slug="hall", source="0", role="inside")
    Camera.objects.create(name="Side door", slug="side-door", source="0")
    morning = datetime(2026, 5, 4, 8, tzinfo=UTC)
    for begins, minutes in ((datetime.now(UTC), 5), (morning, 1), (morning.replace(hour=17), 30)):
        Sighting.objects.create(
            id=uuid4(), camera=hall, verdict="match", person=grace, first_seen_at=begins,
            last_seen_at=begins + timedelta(minutes=minutes), distance=0.3, match_threshold=0.34, review_threshold=0.39,
            gallery_version=7,
        )  # fmt: skip
    probes, engine = look((portraits / "astronaut.png").read_bytes(), most=1)
    vector = probes.found[0].vector
    assert vector is not None
    keep_encoding(sighting=sighting, encoding=MeanEncoding(engine, vector.tobytes(), 0.9))


@pytest.mark.usefixtures("lookers")
def test_the_guides_examples_work(operator: User, door: None, portraits: Path, media: Path) -> None:
    cache.clear()
    files = {
        "ada-1.jpg": (portraits / "astronaut.png").read_bytes(),
        "notes.txt": b"not a picture",
        "form.pdf": b"%PDF-1.7",
    }
    files["people.zip"] = zip_of("Ada/1.jpg", "Ada/2.jpg", "Grace Hopper.jpg").getvalue()
    known = {"HOST": "http://testserver", "NAME": "operator", "PASSWORD": "operator"}
    ran = 0
    for text, shown in examples():
        keeps, etag = KEPT.fullmatch(text), ETAG.fullmatch(text)
        command = (keeps or etag or {"command": text})["command"]
        words = shlex.split(re.sub(r"\$(\w+)", lambda name: known[name[1]], command))
        answer = Curl.parse(words).run(Client(), files)
        assert answer.status_code in (200, 201, 202, 204), (text, answer.content)
        if shown:
            assert_like(json.loads(shown), answer.json(), text)
        if etag:
            known[etag["name"]] = answer.headers["ETag"].replace('"', r"\"")  # as the shell keeps it in quotes
        if keeps:
            known[keeps["name"]] = picked(answer.json(), keeps["path"])
        ran += 1
    assert ran >= 10


def test_the_shown_refusal_is_a_real_one(operator: User) -> None:
    shown = BLOCK.findall(GUIDE.read_text())[-1][1]
    client = Client()
    client.force_login(operator)
    answer = client.post("/api/v1/people/", {"name": ""}, content_type="application/json")
    assert answer.json()["error"] == json.loads(shown)["error"]
