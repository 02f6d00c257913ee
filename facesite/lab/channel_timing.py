"""Measures how soon a webhook hears of a sighting that raises an alert, beside a dead receiver and one that hangs."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import create_server
from statistics import quantiles
from threading import Thread
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from channels.routing import get_default_application
from django.db import connections
from django.utils import timezone

from facesite.lab.errors import MeasurementFailed
from facesite.worker.worker import LifecycleWorker
from people.recognition.types import Thresholds, Verdict
from streams.alerting.raising import Raised
from streams.alerting.rule_book import RuleBook
from streams.alerting.telling import tell
from streams.channels.services import save_channel
from streams.pipeline.messages import SightingChange
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.rule import Rule
from streams.records.states import DeliveryState
from streams.running.recording import Recorded, record_sighting

PAUSE_S = 0.7
"""Between two alerts: slower than the 120 a minute from which a channel gets summaries."""
LAST_S = 20.0
"""How long the last ones may take."""


@dataclass(frozen=True, slots=True)
class ChannelTiming:
    """From the worker's first knowledge of the change that decides, to the receiver's last byte of the webhook."""

    cameras: int
    alerts: int
    received: int
    p50_ms: float
    p95_ms: float
    slowest_ms: float
    waiting: int
    """Deliveries to the dead and the hanging receiver, which are tried again."""


class _Hook(BaseHTTPRequestHandler):
    heard: dict[str, float]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.heard.setdefault(json.loads(body)["data"]["sighting"], time.monotonic())
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def measured(cameras: int, alerts: int) -> ChannelTiming:
    """Fills an empty, migrated database and measures."""
    heard: dict[str, float] = {}
    with _hook(heard) as good, create_server(("127.0.0.1", 0)) as hanging, create_server(("127.0.0.1", 0)) as closed:
        dead = closed.getsockname()[1]
        closed.close()
        places = _fill(cameras, {"Good": good, "Hangs": hanging.getsockname()[1], "Dead": dead})
        seen = asyncio.run(_told(places, alerts, heard))
    waits_ms = sorted(1000 * (heard[key] - at) for key, at in seen.items() if key in heard)
    if len(waits_ms) < 2:
        raise MeasurementFailed(f"of {alerts} alerts only {len(waits_ms)} were received")
    parts = quantiles(waits_ms, n=20)
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING).count()
    p50_ms, p95_ms, slowest_ms = (round(figure, 1) for figure in (parts[9], parts[18], waits_ms[-1]))
    return ChannelTiming(cameras, alerts, len(waits_ms), p50_ms, p95_ms, slowest_ms, waiting)


@contextmanager
def _hook(heard: dict[str, float]) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Hook", (_Hook,), {"heard": heard}))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()


def _fill(cameras: int, ports: dict[str, int]) -> list[int]:
    rule = Rule.objects.create(name="Anybody unknown", kind="unknown", looks=1, cool_down_s=0)
    for name, port in ports.items():
        channel = Channel(name=name, kind="webhook")
        save_channel(channel=channel, entered={"url": f"http://127.0.0.1:{port}/"}, groups=None, by=None)
        rule.channels.add(channel)
    places = [Camera(name=f"Camera {number}", slug=f"camera-{number}", source="0") for number in range(cameras)]
    return [camera.pk for camera in Camera.objects.bulk_create(places)]


async def _told(places: list[int], alerts: int, heard: dict[str, float]) -> dict[str, float]:
    """Records sightings, one after the other, while a worker sends; returns when each was recorded first."""
    worker = LifecycleWorker(get_default_application(), ["deliveries"], get_channel_layer())
    working = asyncio.create_task(worker.run_until_stopped())
    await asyncio.sleep(1)
    seen: dict[str, float] = {}
    book = RuleBook()
    for number in range(alerts):
        sighting = uuid4()
        seen[str(sighting)] = time.monotonic()
        raised = await sync_to_async(_record)(places[number % len(places)], sighting, book)
        await tell(raised.alerts, raised.deliveries)
        await asyncio.sleep(PAUSE_S)
    until = time.monotonic() + LAST_S
    while len(heard) < alerts and time.monotonic() < until:
        await asyncio.sleep(0.05)
    worker.stop()
    await working
    await sync_to_async(connections.close_all)()  # this thread's: the database goes afterwards
    return seen


def _record(camera: int, sighting: UUID, book: RuleBook) -> Raised:
    book.rules()
    now = timezone.now()
    change = SightingChange(
        id=sighting, captured_at=now, first_seen_at=now, last_seen_at=now, ended=False, verdict=Verdict.UNKNOWN,
        person=None, distance=0.9, margin=None, thresholds=Thresholds(match=0.5, review=0.55), votes=5, encodings=5,
        gallery_version=1, detections=(),
    )  # fmt: skip
    rules = book.unanswered(change)
    recorded = record_sighting(camera_id=camera, change=change, snapshots={}, rules=rules)
    assert isinstance(recorded, Recorded), "cameras keep pictures of strangers unless they are told not to"
    return recorded.raised
