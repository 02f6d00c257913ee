"""Web and workers are killed while they send: each delivery arrives at least once, with one id. Run by `make chaos`.

Real processes: web, two workers with a camera child, Postgres, Valkey, and a receiver of webhooks beside them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from facesite.lab.cluster import Cluster
from tests.parts.asking import ask, rows, until
from tests.streams.channels.receivers import NEVER, Receiver, receiving

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

# 60 s a claim lasts; then come a sweep and, on a busy machine, the start of a worker.
SENT_AGAIN_S = 120.0
SEEN_S = 90.0
MAKE_CHANNEL = """
from django.db import transaction
from streams.channels.services import save_channel
from streams.records.channel import Channel
from streams.records.rule import Rule
channel = Channel(name="Desk", kind="webhook")
save_channel(channel=channel, entered={{"url": {url!r}}}, groups=None, by=None)
with transaction.atomic():
    for kind in ("enrolled", "unknown"):
        Rule.objects.create(name=kind, kind=kind, looks=1, cool_down_s=0).channels.add(channel)
print(channel.pk)
"""
STOP_RULES = "from streams.records.rule import Rule; Rule.objects.update(is_on=False)"
ALERTS = "SELECT id::text FROM streams_alert"
DELIVERIES = "SELECT id::text, alert_id::text, state FROM streams_delivery WHERE kind = 'alert'"
WAITING = "SELECT count(*) FROM streams_delivery WHERE state = 'waiting'"
OF_ONE = "SELECT state, attempts FROM streams_delivery WHERE id = %s::uuid"

Call = Callable[[str, str], Any]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with TemporaryDirectory(prefix="facesite-senders-") as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("CHANNEL_NETWORKS", "127.0.0.0/8")
        Path(folder).chmod(0o755)
        with Cluster(Path(folder)) as running:
            running.await_ready(90)
            yield running


@pytest.fixture(scope="module")
def channel(cluster: Cluster, receiver: Receiver) -> str:
    """Its id. It tells of everybody whom the demo's camera sees."""
    made = cluster.manage("shell", "-v0", "-c", MAKE_CHANNEL.format(url=receiver.address))
    return made.split()[-1]


@pytest.fixture(scope="module")
def call(cluster: Cluster) -> Iterator[Call]:
    """Calls the API as the demo's user."""
    with httpx.Client(base_url=f"{cluster.address}/api/v1", timeout=15) as client:
        login = {"username": "demo", "password": (cluster.folder / "demo-password").read_text()}
        client.headers["Authorization"] = f"Token {client.post('/token/', json=login).json()['token']}"

        def call(method: str, path: str) -> Any:
            answer = client.request(method, path)
            assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
            return answer.json()

        yield call


def ids(receiver: Receiver) -> list[str]:
    """The id of each request so far, in turn."""
    with receiver.lock:
        return [headers["webhook-id"] for headers, _, _ in receiver.got]


def test_what_was_being_sent_when_web_and_workers_were_killed_comes_again_with_the_same_id(
    cluster: Cluster, receiver: Receiver, channel: str, call: Call
) -> None:
    receiver.statuses[:] = [NEVER] * 8  # whatever comes first is under way when its worker dies
    asked = call("POST", f"/channels/{channel}/test/")["id"]
    until(lambda: asked in ids(receiver))
    for name in ("web", "worker-1", "worker-2"):
        cluster.kill(name)
    receiver.statuses.clear()
    took_s = until(lambda: ids(receiver).count(asked) >= 2, SENT_AGAIN_S)
    print(f"sent again {took_s:.0f} s after all were killed")  # noqa: T201 - read with `make chaos`
    until(lambda: ask(cluster, OF_ONE, asked)[0] == "sent")
    assert ask(cluster, OF_ONE, asked)[1] >= 2
    cluster.await_ready()
    assert call("GET", f"/deliveries/{asked}/")["state"] == "sent"


def test_of_alerts_that_are_raised_while_one_after_the_other_is_killed_none_is_lost(
    cluster: Cluster, receiver: Receiver, channel: str
) -> None:
    for name in ("worker-1", "web", "worker-2"):
        before = len(ids(receiver))
        until(lambda heard=before: len(ids(receiver)) > heard, SEEN_S)
        cluster.kill(name)  # as soon as somebody was told
    before = len(ids(receiver))
    until(lambda: len(ids(receiver)) > before, SEEN_S)
    cluster.manage("shell", "-v0", "-c", STOP_RULES)
    until(lambda: ask(cluster, WAITING) == (0,), SENT_AGAIN_S)
    sent = {delivery: (alert, state) for delivery, alert, state in rows(cluster, DELIVERIES)}
    assert {alert for alert, _ in sent.values()} == {alert for (alert,) in rows(cluster, ALERTS)}
    assert {state for _, state in sent.values()} == {"sent"}
    told = heard_of(receiver)
    assert {delivery: {alert} for delivery, (alert, _) in sent.items()} == told
    print(f"{len(told)} alerts told by {len(ids(receiver))} requests")  # noqa: T201


def heard_of(receiver: Receiver) -> dict[str, set[str]]:
    """The alerts that each id told of."""
    told: dict[str, set[str]] = {}
    for headers, body, _ in receiver.got:
        message = json.loads(body)
        if message["type"] == "alert":
            told.setdefault(headers["webhook-id"], set()).add(message["data"]["alert"])
    return told
