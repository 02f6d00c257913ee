"""The doctor finds each thing that is wrong, says it in words, and shows no secret."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from facesite import env
from facesite.connections import private_bucket, redis_caches, redis_layers
from facesite.lab.servers import free_port
from facesite.monitoring import findings
from people.recognition.errors import GoldenMismatch
from people.recognition.liveness import published
from people.records.person import Person
from streams.records.camera import Camera
from streams.records.delivery import Delivery
from streams.wire.cache import shared_cache
from tests.streams.alerting_rows import a_channel, a_rule

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quick(request: Any, monkeypatch: pytest.MonkeyPatch, media: Path) -> None:
    """The engine is loaded for those tests alone that ask for it."""
    if "with_engine" not in request.fixturenames:
        monkeypatch.setitem(findings.PARTS, "engine", list)


@pytest.fixture
def with_engine() -> None:
    """Asked for by tests in which the engine is really loaded."""


def told(*options: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("doctor", *options, stdout=out, no_color=True)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_a_site_that_is_well_is_told_so(with_engine: None) -> None:
    code, text = told()
    assert code == 0, text
    assert [line.split(":")[0].split(maxsplit=1)[1] for line in text.splitlines()] == list(findings.PARTS)
    assert "pgvector" in text


def test_scripts_read_json() -> None:
    code, text = told("--json")
    report = json.loads(text)
    assert (code, report["well"]) == (0, True)
    assert {"part", "is_well", "says", "advice"} == set(report["findings"][0])


def test_missing_migrations_are_named_with_the_command_that_helps() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'streams'")
    code, text = told()
    assert code == 1
    assert "UNWELL  database: lacks" in text and "manage.py migrate" in text


def test_a_database_that_is_away_is_one_finding_and_shows_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError('connection to "db.example" failed for user "secret-user"')

    monkeypatch.setattr(connection, "cursor", away)
    code, text = told()
    assert code == 1
    assert text.count("UNWELL") == 1 and "database: does not answer (OperationalError)" in text
    assert "secret-user" not in text and "db.example" not in text


def test_a_camera_that_asks_for_hints_without_their_network_is_named(
    settings: Any, tmp_path: Path, as_published: bytes
) -> None:
    settings.MODEL_CACHE = tmp_path
    code, text = told()
    assert code == 0 and "not installed, and no camera hints" in text
    Camera.objects.create(name="Door", slug="door", source="0", liveness_hint=True)
    code, text = told()
    assert code == 1
    assert "UNWELL  liveness: Door cannot hint at held pictures" in text and "manage.py fetch_liveness" in text
    published.keep(as_published, tmp_path)
    code, text = told()
    assert code == 0 and "cameras that hint at held pictures: Door" in text


def test_a_redis_that_is_away_is_told_without_its_password(settings: Any) -> None:
    url = f"redis://:hunter2@127.0.0.1:{free_port()}/0"
    settings.CHANNEL_LAYERS, settings.CACHES, settings.REDIS_URL = redis_layers(url), redis_caches(url), url
    shared_cache.cache_clear()
    try:
        code, text = told()
    finally:
        shared_cache.cache_clear()
    assert code == 1
    assert "channel layer: does not answer" in text and "cache: does not answer" in text
    assert "hunter2" not in text


def test_a_bucket_that_cannot_be_reached_is_told_with_the_role_it_needs(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    settings.GCS_BUCKET = "nobodys-bucket"
    settings.STORAGES = {**settings.STORAGES, "default": private_bucket("nobodys-bucket")}
    code, text = told()
    assert code == 1
    assert "media: bucket nobodys-bucket cannot be used" in text and "objectUser" in text


def test_clocks_that_differ_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "MOST_SKEW_S", -1.0)
    assert "clocks: of database and host differ" in told()[1]


def test_an_engine_that_gives_other_encodings_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: Any) -> None:
        raise GoldenMismatch("the encoder is off by 0.3")

    monkeypatch.setattr(findings.Engine, "load", load)
    monkeypatch.setitem(findings.PARTS, "engine", findings.engine)
    assert "engine: the encoder is off by 0.3" in told()[1]


@pytest.mark.parametrize(("can", "says"), [(True, "confinement: on"), (False, "confinement: off")])
def test_the_second_wall_around_cameras_is_told(can: bool, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "can_confine", lambda: can)
    assert says in told()[1]


def test_a_secret_that_others_can_read_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(env, "VAR", tmp_path)
    (tmp_path / "secret-key").write_text("x")
    (tmp_path / "secret-key").chmod(0o644)
    code, text = told()
    assert code == 1 and "secret-key can be read by others" in text


def test_an_examination_that_breaks_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> None:
        raise RuntimeError("unexpected")

    monkeypatch.setitem(findings.PARTS, "decoder", breaks)
    code, text = told()
    assert code == 1 and "decoder: could not be examined" in text and "folder:" in text


def test_a_channel_that_fails_is_named_with_its_reason_and_one_that_is_off_is_not() -> None:
    since = timezone.now() - timedelta(hours=2)
    a_channel("Desk", failing_since=since, last_problem="The receiver answered with error 500.")
    a_channel("Old desk", is_on=False, failing_since=since, last_problem="Away.")
    code, text = told()
    assert code == 1 and text.count("UNWELL  channels:") == 1
    assert "“Desk” fails since" in text and "answered with error 500" in text and "Send a test" in text


def test_deliveries_that_nobody_sends_and_those_given_up_are_counted() -> None:
    channel, now = a_channel("Desk"), timezone.now()
    for state, next_at in (
        ("waiting", now - timedelta(minutes=6)),  # nobody is there to send it
        ("waiting", now + timedelta(minutes=6)),  # to be tried again
        ("gave_up", now - timedelta(hours=3)),
        ("gave_up", now - timedelta(days=3)),  # history
    ):
        Delivery.objects.create(channel=channel, kind="test", state=state, next_at=next_at)
    code, text = told()
    assert code == 1 and text.count("UNWELL  channels:") == 2
    assert "1 deliveries are due and nobody sends them" in text and "1 deliveries were given up in the last day" in text


def test_a_rule_that_was_switched_off_by_itself_is_named() -> None:
    rule = a_rule("Ada is here", kind="person", person=(ada := Person.objects.create(name="Ada Lovelace")))
    assert told()[0] == 0
    ada.delete()
    code, text = told()
    assert code == 1 and f"“{rule.name}” was switched off by itself: its person was deleted" in text
