"""The connection to a real broker: what it retains, what becomes of it, and where it may lead."""

from __future__ import annotations

import contextlib
import gc
import json
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from streams.channels.home_assistant import CameraNow, Topics, retained
from streams.channels.message import Receiver
from streams.channels.mqtt_client import BrokerLink
from streams.errors import NotDelivered
from streams.pipeline.sources.networks import CameraNetworks
from tests.streams.channels.broker import Broker, listening
from tests.streams.waiting import until

TOPICS = Topics()
HALL = CameraNow(1, "hall", "Hall", "live", "", 1, "Ada Lovelace", datetime(2026, 11, 30, 11, 0, tzinfo=UTC))
DOOR = CameraNow(2, "door", "Door", "down", "The host's name is not known.", 0, "", None)
BOTH = retained([HALL, DOOR], TOPICS)


@contextlib.contextmanager
def linked(to: Receiver, wanted: dict[str, str]) -> Iterator[BrokerLink]:
    link = BrokerLink(to, f"facesite-{to.address['base_topic']}", wanted)
    try:
        yield link
    finally:
        link.close()


async def test_home_assistant_finds_a_device_for_each_camera_with_its_values_whenever_it_comes(broker: Broker) -> None:
    with linked(broker.receiver(), BOTH), listening(broker) as early:
        await until(lambda: early.newest("facesite/cameras/2/state") and early.newest("facesite/status"))
        with listening(broker) as later:
            await until(lambda: later.newest("facesite/cameras/2/state") and later.newest("facesite/status"))
            device = json.loads(later.newest("homeassistant/device/facesite_camera_1/config") or "")
            values = json.loads(later.newest("facesite/cameras/1/state") or "")
            assert later.newest("facesite/status") == "online"
            assert all(was_retained for _, _, was_retained in later.told)
    assert device["device"]["name"] == "Hall" and device["origin"]["name"] == "facesite"
    assert device["availability_topic"] == "facesite/status" and device["state_topic"] == "facesite/cameras/1/state"
    assert {each["unique_id"] for each in device["components"].values()} == {
        f"facesite_camera_1_{what}" for what in ("last_person", "last_seen", "in_view", "state", "alert")
    }
    assert (values["name"], values["slug"]) == ("Hall", "hall")
    assert values["last_person"] == "Ada Lovelace" and values["in_view"] == 1 and values["state"] == "live"


async def test_after_a_broker_was_away_everything_is_there_again_as_it_is_by_then(broker: Broker) -> None:
    with linked(broker.receiver(), BOTH) as link:
        await until(lambda: link.is_connected)
        broker.end()
        await until(lambda: not link.is_connected)
        empty = CameraNow(1, "hall", "Hall", "live", "", 0, "Ada Lovelace", HALL.last_seen_at)
        link.keep(retained([empty, DOOR], TOPICS))
        broker.start()  # it has forgotten all
        with listening(broker) as listener:
            await until(lambda: listener.newest("facesite/status") == "online")
            await until(lambda: listener.newest("homeassistant/device/facesite_camera_2/config"))
            assert json.loads(listener.newest("facesite/cameras/1/state") or "")["in_view"] == 0


async def test_only_what_changes_is_sent_and_what_is_gone_is_taken_back(broker: Broker) -> None:
    with linked(broker.receiver(), BOTH) as link:
        await until(lambda: link.is_connected)
        with listening(broker) as listener:
            await until(lambda: len(listener.told) == 5)
            nobody = CameraNow(1, "hall", "Hall", "live", "", 0, "Ada Lovelace", HALL.last_seen_at)
            link.keep(retained([nobody], TOPICS))
            await until(lambda: len(listener.told) == 8)
            assert {topic for topic, _, _ in listener.told[5:]} == {
                "facesite/cameras/1/state", "facesite/cameras/2/state", "homeassistant/device/facesite_camera_2/config"
            }  # fmt: skip
        with listening(broker) as later:
            await until(lambda: len(later.told) == 3)


async def test_a_camera_that_was_deleted_while_nobody_was_connected_is_taken_back(broker: Broker) -> None:
    other = retained([HALL], Topics("elsewhere"))
    with (
        listening(broker, "homeassistant/#") as before,
        linked(broker.receiver(), BOTH),
        linked(broker.receiver(base_topic="elsewhere"), other),
    ):
        await until(lambda: before.newest("homeassistant/device/facesite_camera_2/config"))
        await until(lambda: before.newest("homeassistant/device/elsewhere_camera_1/config"))
    with listening(broker, "homeassistant/#") as listener, linked(broker.receiver(), retained([HALL], TOPICS)):
        await until(lambda: listener.newest("homeassistant/device/facesite_camera_2/config") == "")
        assert listener.newest("homeassistant/device/facesite_camera_1/config")
        assert listener.newest("homeassistant/device/elsewhere_camera_1/config")  # another site's stays


async def test_a_link_that_is_closed_leaves_no_ring_that_would_keep_its_sockets(broker: Broker) -> None:
    async def closed() -> weakref.ref[object]:
        with linked(broker.receiver(), BOTH) as link:
            await until(lambda: link.is_connected)
            return weakref.ref(link._client)

    gc.disable()
    try:
        assert (await closed())() is None
    finally:
        gc.enable()


async def test_two_sites_whose_devices_have_the_same_ids_say_so_and_take_nothing_back(broker: Broker) -> None:
    """Home Assistant's ids have no slash: those of `a/b` are those of `a_b`."""
    first, second = Topics("a/b"), Topics("a_b")
    config = first.device(1)
    assert config == second.device(1)
    with (
        linked(broker.receiver(base_topic="a/b"), retained([HALL, DOOR], first)) as one,
        listening(broker, "homeassistant/#") as listener,
    ):
        await until(lambda: listener.newest(config) and listener.newest(first.device(2)))
        assert one.problem == ""
        with linked(broker.receiver(base_topic="a_b"), retained([HALL], second)) as two:
            await until(lambda: "same names" in one.problem and "same names" in two.problem)
            assert listener.newest(first.device(2))  # a camera of the other's that this site has not
            two.close(take_back=True)  # it is led elsewhere
        await until(lambda: one.problem == "")
        await until(lambda: json.loads(listener.newest(config) or "{}").get("availability_topic") == "a/b/status")


async def test_a_site_that_is_gone_is_offline_whether_it_said_goodbye_or_not(broker: Broker) -> None:
    with listening(broker, "facesite/status") as listener:
        with linked(broker.receiver(), BOTH) as link:
            await until(lambda: listener.newest("facesite/status") == "online")
        await until(lambda: listener.newest("facesite/status") == "offline")
        with linked(broker.receiver(), BOTH) as link:
            await until(lambda: listener.newest("facesite/status") == "online")
            link._client._sock_close()  # as when its process is killed: the kernel ends the connection
            await until(lambda: listener.told[-2:] and [p for _, p, _ in listener.told[-2:]] == ["offline", "online"])


async def test_an_event_is_confirmed_and_not_retained(broker: Broker) -> None:
    with linked(broker.receiver(), {}) as link, listening(broker, "facesite/alerts") as listener:
        await until(lambda: link.is_connected)
        await until(lambda: listener._client.is_connected())
        link.publish(["facesite/alerts"], '{"event_type": "alarm"}')
        await until(lambda: listener.told == [("facesite/alerts", '{"event_type": "alarm"}', False)])


async def test_a_broker_that_is_away_is_told_and_comes_back_by_itself(broker: Broker) -> None:
    broker.end()
    with linked(broker.receiver(), BOTH) as link:
        await until(lambda: link._client.problem)
        with pytest.raises(NotDelivered, match="nothing listens"):
            link.publish(["facesite/alerts"], "{}")
        broker.start()
        await until(lambda: link.is_connected)
        link.publish(["facesite/alerts"], "{}")


async def test_a_wrong_login_is_told(tmp_path: Path) -> None:
    broker = Broker(tmp_path, "allow_anonymous false")
    broker.start()
    try:
        with linked(broker.receiver(username="ann"), {}) as link:
            await until(lambda: link._client.problem)
            with pytest.raises(NotDelivered, match="refuses the connection"):
                link.publish(["facesite/alerts"], "{}")
    finally:
        broker.end()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
async def test_no_broker_is_reached_where_the_setting_does_not_say_so(broker: Broker, host: str) -> None:
    to = broker.receiver(host=host)
    with linked(Receiver(to.address, {}, CameraNetworks()), BOTH) as link:
        await until(lambda: link._client.problem)
        with pytest.raises(NotDelivered, match="CHANNEL_NETWORKS"):
            link.publish(["facesite/alerts"], "{}")
        with listening(broker) as listener:
            await until(lambda: listener._client.is_connected())
            assert not listener.told


async def test_in_clear_no_broker_is_reached_outside_of_the_networks(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CameraNetworks, "permit", lambda self, address: True)  # as if this machine were a public one
    with linked(Receiver(broker.receiver().address, {}, CameraNetworks()), BOTH) as link:
        await until(lambda: link._client.problem)
        assert "encryption" in str(link._client.problem) and not link.is_connected


def test_a_person_that_nobody_knows_yet_is_no_text() -> None:
    values = json.loads(BOTH["facesite/cameras/2/state"])
    assert values["last_person"] is None and values["last_seen_at"] is None and values["state"] == "down"
