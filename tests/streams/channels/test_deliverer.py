"""From an alert to receivers: what arrives, when, and what a bad receiver costs the others."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta
from socket import socket
from threading import Event
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from people.records.person import Person
from streams.alerting.raising import new_alert, save_alerts
from streams.channels import deliverer
from streams.channels.queueing import queue, queue_test
from streams.channels.services import delete_channel
from streams.channels.signing_keys import end_old_signing_key, replace_signing_key
from streams.channels.storms import MOST_A_MINUTE
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.rule import Rule
from tests.streams.alerting_rows import a_channel, a_rule, an_alert
from tests.streams.channels.broker import Broker, listening
from tests.streams.channels.mail_servers import REFUSING_THE_SECOND, saying
from tests.streams.channels.receivers import receiving
from tests.streams.channels.rows import KEY, a_webhook, delivering, mqtt_to, webhook_to
from tests.streams.pipeline.servers import black_hole, serving
from tests.streams.seen import seen
from tests.streams.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _here(settings: Any) -> None:
    settings.CHANNEL_NETWORKS = ["127.0.0.0/8"]
    settings.SITE_URL = "https://faces.example"


def alert_to(*channels: Channel, **fields: Any) -> Any:
    camera, _ = Camera.objects.get_or_create(name="Hall", slug="hall", source="0")
    rule = a_rule(f"Rule {time.monotonic_ns()}")
    rule.channels.set(channels)
    alert = an_alert(rule, camera, **fields)
    queue([alert])
    return alert


async def test_an_alert_arrives_signed_and_the_row_says_so() -> None:
    with receiving() as receiver:
        channel = await sync_to_async(webhook_to)(receiver)
        alert = await sync_to_async(alert_to)(channel, severity="alarm")
        async with delivering():
            await until(lambda: receiver.got)
    [(headers, body, _)] = receiver.got
    told = Webhook(KEY).verify(body, headers)
    delivery = await Delivery.objects.aget()
    assert headers["webhook-id"] == str(delivery.pk) and told["type"] == "alert"
    assert told["data"]["alert"] == str(alert.pk) and told["data"]["camera"]["name"] == "Hall"
    assert told["data"]["title"] == "Alarm: An unknown person at Hall"
    assert told["data"]["link"] == f"https://faces.example/alerts/{alert.pk}/"
    assert (delivery.state, delivery.attempts, delivery.last_reason) == ("sent", 1, "") and delivery.sent_at
    await channel.arefresh_from_db()
    assert channel.last_ok_at and channel.failing_since is None


async def test_a_mail_that_some_do_not_get_is_sent_and_says_who(settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = "django.core.mail.backends.smtp.EmailBackend", 2
    recipients = ["guard@example.org", "desk@example.org"]
    channel = await sync_to_async(a_channel)(kind="email", address={"recipients": recipients})
    await sync_to_async(alert_to)(channel)
    with serving(saying(*REFUSING_THE_SECOND)) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        async with delivering():
            await _until_row(state="sent")
    delivery = await Delivery.objects.aget()
    assert (delivery.attempts, delivery.last_reason) == (
        1, "The mail server took it for others, and refused desk@example.org."
    )  # fmt: skip


async def test_while_keys_overlap_both_sign_and_afterwards_the_newest_alone() -> None:
    with receiving() as receiver:
        channel = await sync_to_async(webhook_to)(receiver)
        new = await sync_to_async(replace_signing_key)(channel=channel, by=None)
        await sync_to_async(alert_to)(channel)
        async with delivering() as wake:
            await until(lambda: receiver.got)
            await sync_to_async(end_old_signing_key)(channel=channel, by=None)
            await sync_to_async(alert_to)(channel)
            wake.set()
            await until(lambda: len(receiver.got) == 2)
    for headers, body, _ in receiver.got:
        assert Webhook(new).verify(body, headers)
    (first, body, _), (second, later, _) = receiver.got
    assert Webhook(KEY).verify(body, first)
    with pytest.raises(WebhookVerificationError):
        Webhook(KEY).verify(later, second)


async def test_one_that_fails_is_tried_again_with_the_same_id() -> None:
    with receiving(500, 204) as receiver:
        channel = await sync_to_async(webhook_to)(receiver)
        await sync_to_async(alert_to)(channel)
        async with delivering() as wake:
            await until(lambda: receiver.got)
            await _until_row(attempts=1, last_reason="The receiver answered with error 500.", claimed_by="")
            await channel.arefresh_from_db()
            assert channel.failing_since and channel.last_problem == "The receiver answered with error 500."
            delivery = await Delivery.objects.aget()
            assert 5 < (delivery.next_at - delivery.made_at).total_seconds() < 25
            await Delivery.objects.aupdate(next_at=delivery.made_at)
            wake.set()
            await until(lambda: len(receiver.got) == 2)
    assert receiver.got[0][0]["webhook-id"] == receiver.got[1][0]["webhook-id"]
    await channel.arefresh_from_db()
    assert (await Delivery.objects.aget()).state == "sent" and channel.failing_since is None


async def test_a_dead_and_a_slow_receiver_delay_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as receiver, serving(black_hole) as hole:
        good = await sync_to_async(webhook_to)(receiver)
        slow = await sync_to_async(a_webhook)(f"http://127.0.0.1:{hole}/", "Slow")
        dead = await sync_to_async(a_webhook)("http://127.0.0.1:9/", "Dead")
        monkeypatch.setattr(deliverer, "FINISH_S", 0.5)
        async with delivering() as wake:
            for number in range(1, 6):
                made = time.monotonic()
                await sync_to_async(alert_to)(slow, dead, good)
                wake.set()
                await until(lambda wanted=number: len(receiver.got) == wanted, 2.5)
                assert receiver.got[-1][2] - made < 2
    told = [row async for row in Delivery.objects.filter(channel=dead).values_list("attempts", "state")]
    assert len(told) == 5 and all(state == "waiting" for _, state in told)


async def test_an_attempt_ends_before_its_claim_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Event()

    def hang(*_: Any) -> None:
        ended.wait(20)

    monkeypatch.setitem(deliverer.SENDERS, "webhook", hang)  # as a name server that is silent
    monkeypatch.setattr(deliverer, "ATTEMPT_S", 0.2)
    channel = await sync_to_async(a_webhook)("http://silent.example/")
    await sync_to_async(alert_to)(channel)
    try:
        async with delivering():
            await _until_row(last_reason="It took longer than 0 s.", claimed_by="", state="waiting")
    finally:
        ended.set()
    await channel.arefresh_from_db()
    assert channel.failing_since and channel.last_problem == "It took longer than 0 s."


async def test_what_a_killed_worker_was_sending_is_sent_by_another_with_the_same_id() -> None:
    with receiving() as receiver:
        channel = await sync_to_async(webhook_to)(receiver)
        await sync_to_async(alert_to)(channel)
        delivery = await Delivery.objects.aget()
        await Delivery.objects.aupdate(claimed_by="killed/1", attempts=1, next_at=delivery.made_at)  # its claim ended
        async with delivering("worker-2"):
            await until(lambda: receiver.got)
    assert receiver.got[0][0]["webhook-id"] == str(delivery.pk)
    assert (await Delivery.objects.aget()).attempts == 2


async def test_several_workers_send_each_delivery_once() -> None:
    with receiving() as receiver:
        channel = await sync_to_async(webhook_to)(receiver)
        for _ in range(20):
            await sync_to_async(alert_to)(channel)
        async with delivering("worker-1"), delivering("worker-2"), delivering("worker-3"):
            await until(lambda: len(receiver.got) >= 20)
            await asyncio.sleep(0.3)
    ids = [headers["webhook-id"] for headers, _, _ in receiver.got]
    assert len(ids) == len(set(ids)) == 20


async def test_a_broker_hears_the_alert_for_the_site_and_for_its_camera_and_what_the_camera_does(
    broker: Broker,
) -> None:
    channel = await sync_to_async(mqtt_to)(broker)
    with listening(broker) as home:
        async with delivering():
            alert = await sync_to_async(alert_to)(channel)
            pk = (await Camera.objects.aget()).pk
            await until(lambda: home.newest(f"facesite/cameras/{pk}/alert"))
            await until(lambda: home.newest(f"facesite/cameras/{pk}/state"))
            event = json.loads(home.newest("facesite/alerts") or "")
            assert home.newest("facesite/status") == "online"
            assert json.loads(home.newest(f"facesite/cameras/{pk}/state") or "")["state"] == "waiting"
            assert home.newest(f"homeassistant/device/facesite_camera_{pk}/config")
        await until(lambda: home.newest("facesite/status") == "offline")
    assert event["event_type"] == "warning" and event["alert"] == str(alert.pk)
    assert (await Delivery.objects.aget()).state == "sent"
    await channel.arefresh_from_db()
    assert channel.held_by == "" and channel.held_until is None


@pytest.mark.parametrize("ends", ["off", "deleted", "elsewhere"])
async def test_a_broker_keeps_no_names_for_a_channel_that_is_not_there_any_more(broker: Broker, ends: str) -> None:
    channel = await sync_to_async(mqtt_to)(broker)
    camera = await Camera.objects.acreate(name="Hall", slug="hall", source="0")
    ada = await Person.objects.acreate(name="Ada")
    await sync_to_async(seen)(camera, ada, timezone.now())
    state, device = f"facesite/cameras/{camera.pk}/state", f"homeassistant/device/facesite_camera_{camera.pk}/config"
    with listening(broker) as home:
        async with delivering():
            await until(lambda: '"last_person": "Ada"' in (home.newest(state) or ""))
            if ends == "deleted":
                await sync_to_async(delete_channel)(channel=channel, by=None)
            elif ends == "off":
                await Channel.objects.aupdate(is_on=False)
            else:
                await Channel.objects.aupdate(address={**channel.address, "base_topic": "site2"})
            await until(lambda: home.newest(state) == home.newest(device) == "")
            if ends == "elsewhere":
                await until(lambda: home.newest(f"site2/cameras/{camera.pk}/state"))
    with listening(broker) as later:
        await asyncio.sleep(0.3)
        assert not later.newest(state)


async def test_one_worker_keeps_the_connection_and_another_takes_it_when_that_one_is_gone(broker: Broker) -> None:
    channel = await sync_to_async(mqtt_to)(broker)
    async with delivering("worker-2"):
        async with delivering("worker-1"):
            await _until_held(channel)
        await until_held_by(channel, "worker-2")
        await sync_to_async(alert_to)(channel)
        await _until_row(state="sent")


async def test_a_broker_that_is_away_is_said_of_the_channel_and_the_alert_waits(broker: Broker) -> None:
    broker.end()
    channel = await sync_to_async(mqtt_to)(broker)
    await sync_to_async(alert_to)(channel)
    async with delivering() as wake:
        await _until_row(last_reason="The host refuses the connection: nothing listens on this port.", claimed_by="")
        await channel.arefresh_from_db()
        assert channel.failing_since and "nothing listens" in channel.last_problem
        broker.start()
        await until_ok(channel)
        await Delivery.objects.aupdate(next_at=(await Delivery.objects.aget()).made_at)
        wake.set()
        await _until_row(state="sent")


async def test_a_channel_that_is_deleted_while_its_receiver_is_asked_costs_the_others_nothing() -> None:
    asked, answers = Event(), Event()

    def hesitate(connection: socket) -> None:
        connection.recv(65_536)
        asked.set()
        answers.wait(10)
        connection.sendall(b"HTTP/1.1 204 Fine\r\n\r\n")

    with receiving() as receiver, serving(hesitate) as port:
        doomed = await sync_to_async(a_webhook)(f"http://127.0.0.1:{port}/", "Doomed")
        good = await sync_to_async(webhook_to)(receiver, "Good")
        await sync_to_async(alert_to)(doomed)
        async with delivering() as wake:
            await until(asked.is_set)
            await sync_to_async(delete_channel)(channel=doomed, by=None)
            answers.set()
            await sync_to_async(alert_to)(good)
            wake.set()
            await _until_row(state="sent")
    assert len(receiver.got) == 1 and await Delivery.objects.acount() == 1
    rule = await Rule.objects.aget(channels=None)
    assert (rule.is_on, rule.off_because) == (False, "channels")


async def test_a_storm_of_a_thousand_alerts_is_told_by_its_first_and_one_summary_and_no_row_is_lost() -> None:
    share = MOST_A_MINUTE["webhook"]

    def storm(channel: Channel) -> None:
        camera, rule = Camera.objects.create(name="Hall", slug="hall", source="0"), a_rule("After hours")
        rule.channels.add(channel)
        fields = {"camera": camera, "camera_name": camera.name, "captured_at": timezone.now()}
        save_alerts([new_alert(rule, subject=f"{number}", **fields) for number in range(1000)])

    with receiving() as receiver:
        channel = await sync_to_async(webhook_to)(receiver)
        await sync_to_async(storm)(channel)
        async with delivering() as wake:
            await _until_row(state="held")
            assert len(receiver.got) == share
            assert [row.state async for row in Delivery.objects.filter(kind="summary")] == ["waiting"]
            minute_ago = timezone.now() - timedelta(seconds=61)  # the minute is over
            await Delivery.objects.filter(state="sent").aupdate(sent_at=minute_ago)
            await Delivery.objects.filter(kind="summary").aupdate(next_at=minute_ago)
            wake.set()
            await _until_row(kind="summary", state="sent")
    messages = [json.loads(body) for _, body, _ in receiver.got]
    assert [message["type"] for message in messages] == ["alert"] * share + ["summary"]
    assert messages[-1]["data"]["count"] == 1000 - share == messages[-1]["data"]["rules"][0]["count"]
    told = {message["data"]["alert"] for message in messages[:-1]}
    summed = [
        str(pk) async for pk in Alert.objects.filter(deliveries__summary__state="sent").values_list("pk", flat=True)
    ]
    assert len(told) == share and len(summed) == 1000 - share and not told & set(summed)
    assert await Alert.objects.acount() == 1000


async def test_a_test_goes_out_though_the_channel_is_off_and_its_alerts_wait(mailoutbox: Any) -> None:
    channel = await sync_to_async(a_channel)(kind="email", address={"recipients": ["guard@example.org"]})
    await sync_to_async(alert_to)(channel)
    await Channel.objects.aupdate(is_on=False)
    await sync_to_async(queue_test)(channel)
    async with delivering():
        await _until_row(kind="test", state="sent")
    assert [sent.subject for sent in mailoutbox] == ["A test"]
    assert (await Delivery.objects.aget(kind="alert")).state == "waiting"


async def test_secrets_that_no_key_opens_are_said(settings: Any) -> None:
    channel = await sync_to_async(a_webhook)("http://127.0.0.1:9/")
    await sync_to_async(alert_to)(channel)
    await Channel.objects.aupdate(sealed_secret="broken")
    async with delivering():
        await _until_row(claimed_by="", attempts=1)
    assert "cannot be opened with the keys" in (await Delivery.objects.aget()).last_reason


async def _until_row(**wanted: Any) -> None:
    for _ in range(400):
        if await Delivery.objects.filter(**wanted).aexists():
            return
        await asyncio.sleep(0.05)
    raise AssertionError([row async for row in Delivery.objects.values()])


async def _until_held(channel: Channel) -> None:
    while not await Channel.objects.filter(pk=channel.pk).exclude(held_by="").aexists():
        await asyncio.sleep(0.05)


async def until_held_by(channel: Channel, worker: str) -> None:
    while not await Channel.objects.filter(pk=channel.pk, held_by=worker).aexists():
        await asyncio.sleep(0.05)


async def until_ok(channel: Channel) -> None:
    while not await Channel.objects.filter(pk=channel.pk, failing_since=None).aexists():
        await asyncio.sleep(0.05)
