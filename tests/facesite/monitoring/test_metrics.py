"""Metrics are denied by default, name no person, and go on when the database does not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily

from facesite.lab.servers import free_port
from facesite.monitoring import metrics
from facesite.worker.metrics import serve_metrics
from people.accounts.failed_logins import failed_login_figures
from people.audit.keeping import KEPT
from people.base.figures import gauge_by
from people.records.person import Person
from streams.erasing.erasure import Erasure
from streams.jobs.job_row import JobState
from streams.records.camera import Camera, CameraStatus
from streams.records.delivery import Delivery
from streams.running.supervisor import Supervisor
from tests.streams.alerting_rows import a_channel, a_rule, an_alert

TOKEN = "a-token-for-prometheus"
KNOWN = """\
facesite_database_up gauge
facesite_gallery_version gauge
facesite_gallery_people gauge
facesite_gallery_encodings gauge
facesite_photos gauge
facesite_imports gauge
facesite_proposals_open gauge
facesite_suspended_entries gauge
facesite_enrolment_oldest_seconds gauge
facesite_cameras gauge
facesite_workers gauge
facesite_capacity_cameras gauge
facesite_leases gauge
facesite_camera_frame_age_seconds gauge
facesite_sightings_open gauge
facesite_alerts_open gauge
facesite_channel_failing_seconds gauge
facesite_deliveries_waiting gauge
facesite_deliveries_oldest_seconds gauge
facesite_deliveries_given_up gauge
facesite_rules_switched_off gauge
facesite_audit_entries gauge
facesite_audit_waiting_seconds gauge
facesite_audit_broken gauge
facesite_audit_anchor_age_seconds gauge
facesite_keeping_last_run_seconds gauge
facesite_keeping_faults gauge
facesite_keeping_overdue_seconds gauge
facesite_keeping_deleted gauge
facesite_requests_waiting gauge
facesite_requests_oldest_seconds gauge
facesite_failed_logins_total counter
facesite_audit_lost_total counter
facesite_audit_unstored gauge
facesite_worker_cameras gauge
facesite_worker_capacity_cameras gauge
facesite_worker_cameras_wanted gauge
facesite_camera_starts_total counter
facesite_camera_frames_read_total counter
facesite_camera_frames_analysed_total counter
facesite_camera_frames_dropped_total counter
facesite_camera_encodings_made_total counter
facesite_camera_packets_lost_total counter
facesite_camera_footage_dropped_total counter
facesite_camera_overlays_dropped_total counter
facesite_outbox_sightings gauge
facesite_sightings_dropped_total counter
facesite_sightings_refused_total counter
facesite_snapshots_dropped_total counter
facesite_footage_dropped_total counter
facesite_previews_replaced_total counter
"""
"""Names and types, in order: dashboards, alarms and the autoscaler know them."""
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def token(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(metrics, "PROCESS", [])
    yield TOKEN


@pytest.fixture
def cameras(db: None) -> None:
    now = timezone.now()
    for slug, state, holder in (("hall", "live", "worker-1"), ("door", "down", "worker-1"), ("gate", "waiting", "")):
        camera = Camera.objects.create(name=slug, slug=slug, source="0")
        CameraStatus.objects.create(
            camera=camera,
            state=state,
            lease_holder=holder,
            lease_expires_at=now + timedelta(seconds=20) if holder else None,
            heartbeat_at=now,
            frame_age_ms=40,
        )
    Camera.objects.create(name="Off", slug="off", source="0", enabled=False)
    Person.objects.create(name="Ada Lovelace")


def scraped(client: Client) -> dict[str, float]:
    """Every sample by its name with labels."""
    answer = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_there_are_no_metrics_without_a_token(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer ünïcode"])
def test_a_wrong_token_is_refused(client: Client, token: str, shown: str) -> None:
    answer = client.get("/metrics", headers={"Authorization": shown})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_metrics_are_read_by_a_pods_own_address(client: Client, token: str, db: None) -> None:
    assert client.get("/metrics", headers={**BEARER, "Host": "10.4.0.9:8000"}).status_code == 200


def test_cameras_are_counted_by_state_and_leases_by_worker(client: Client, token: str, cameras: None) -> None:
    found = scraped(client)
    assert found['facesite_cameras{state="live"}'] == found['facesite_cameras{state="down"}'] == 1
    assert found['facesite_cameras{state="waiting"}'] == found['facesite_cameras{state="off"}'] == 1
    assert found['facesite_leases{worker="worker-1"}'] == 2
    assert found['facesite_camera_frame_age_seconds{camera="hall"}'] == 0.04
    assert found['facesite_photos{state="pending"}'] == 0
    assert found["facesite_gallery_version"] >= 1
    assert found["facesite_database_up"] == 1


def test_names_and_types_are_those_that_dashboards_know(client: Client, token: str, db: None) -> None:
    metrics.include(failed_login_figures)
    metrics.include(KEPT.figures)
    metrics.include(Supervisor(capacity=4).figures)
    answer = client.get("/metrics", headers=BEARER)
    typed = [line for line in answer.content.decode().splitlines() if line.startswith("# TYPE ")]
    assert "".join(f"{line.removeprefix('# TYPE ')}\n" for line in typed) == KNOWN
    assert answer["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


def test_a_number_says_its_meaning_and_hostile_labels_stay_labels(client: Client, token: str, db: None) -> None:
    hostile = {'quote " back \\ line\nend ünï': 1}
    metrics.include(lambda: [gauge_by("a", "x", "X\\Y.", hostile), CounterMetricFamily("seen_total", "Seen.", 2)])
    assert (
        client.get("/metrics", headers=BEARER)
        .content.decode()
        .endswith(
            '# HELP x X\\\\Y.\n# TYPE x gauge\nx{a="quote \\" back \\\\ line\\nend ünï"} 1.0\n'
            "# HELP seen_total Seen.\n# TYPE seen_total counter\nseen_total 2.0\n"
        )
    )


def test_erasures_and_access_requests_that_wait_are_told(client: Client, token: str, db: None) -> None:
    none = scraped(client)
    assert none['facesite_requests_waiting{kind="access_request"}'] == 0
    asked_at = timezone.now() - timedelta(hours=2)
    for state in (JobState.WAITING, JobState.DONE):
        ended = {"finished_at": timezone.now(), "person_id": None} if state == JobState.DONE else {"person_id": uuid4()}
        row = Erasure.objects.create(state=state, request="Letter 12", **ended)
        Erasure.objects.filter(pk=row.pk).update(created_at=asked_at)
    found = scraped(client)
    assert found['facesite_requests_waiting{kind="erasure"}'] == 1
    assert found['facesite_requests_oldest_seconds{kind="erasure"}'] == pytest.approx(7200, abs=60)
    assert found['facesite_requests_oldest_seconds{kind="access_request"}'] == 0


def test_no_person_is_named(client: Client, token: str, cameras: None) -> None:
    assert "Ada" not in client.get("/metrics", headers=BEARER).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_cameras(
    client: Client, token: str, cameras: None, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(26):
        scraped(client)


def test_failing_channels_deliveries_and_rules_that_went_off_are_counted(client: Client, token: str, db: None) -> None:
    now = timezone.now()
    desk = a_channel("Desk", failing_since=now - timedelta(minutes=5), last_problem="Away.")
    a_channel("Home")
    a_channel("Old", is_on=False, failing_since=now, last_problem="Away.")
    Delivery.objects.create(channel=desk, kind="test", made_at=now - timedelta(hours=1))
    Delivery.objects.create(channel=desk, kind="test", state="gave_up", next_at=now)
    Delivery.objects.create(channel=desk, kind="test", state="gave_up", next_at=now - timedelta(days=2))
    a_rule(is_on=False, off_because="person")
    an_alert()
    found = scraped(client)
    assert 300 <= found['facesite_channel_failing_seconds{channel="Desk"}'] < 400
    assert found['facesite_channel_failing_seconds{channel="Home"}'] == 0
    assert not [name for name in found if 'channel="Old"' in name]
    assert found['facesite_deliveries_waiting{channel="Desk"}'] == 1
    assert found['facesite_deliveries_waiting{channel="Home"}'] == 0
    assert 3600 <= found["facesite_deliveries_oldest_seconds"] < 3700
    assert found['facesite_deliveries_given_up{channel="Desk"}'] == 1
    assert found['facesite_rules_switched_off{because="person"}'] == 1
    assert found['facesite_alerts_open{state="new"}'] == 1


def test_a_database_that_is_away_is_told_and_the_process_goes_on_counting(
    client: Client, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(metrics, "people_figures", away)
    metrics.include(lambda: [CounterMetricFamily("frames_total", "Frames.", 3)])
    assert scraped(client) == {"facesite_database_up": 0, "frames_total": 3}


async def test_a_worker_serves_its_own_numbers_on_its_port(token: str, settings: Any) -> None:
    settings.WORKER_METRICS_PORT = free_port()
    address = f"http://127.0.0.1:{settings.WORKER_METRICS_PORT}"
    async with (
        serve_metrics(lambda: [GaugeMetricFamily("cameras", "Run here.", 4)]),
        httpx.AsyncClient(base_url=address) as client,
    ):
        await _until_it_answers(client)
        assert (await client.get("/metrics")).status_code == 401
        assert (await client.get("/", headers=BEARER)).status_code == 404
        assert (await client.get("/metrics", headers=BEARER)).text.endswith("cameras 4.0\n")


async def _until_it_answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(5):
        while True:
            try:
                await client.get("/metrics")
            except httpx.TransportError:
                await asyncio.sleep(0.02)
            else:
                return
