"""A connection to an MQTT broker: through the gate, kept alive, with a last will and what the broker is to retain."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from streams.channels.home_assistant import OFFLINE, ONLINE, Topics
from streams.channels.message import Receiver
from streams.channels.reaching import is_inside, reach, tls_context, why_not_reached
from streams.channels.reasons import ChannelReason
from streams.errors import NotDelivered
from streams.pipeline.errors import AddressRefused
from streams.pipeline.reasons import Sentence
from streams.pipeline.sources.networks import CameraNetworks

logger = logging.getLogger(__name__)

CONNECT_S = 5.0
KEEPALIVE_S = 15
"""After one and a half of these the broker says offline for a site that fell silent."""
FIRST_WAIT_S, LONGEST_WAIT_S = 1, 30
ANSWER_S = 5.0


class GatedClient(Client):
    """paho's client, which connects only where the gate lets it."""

    def __init__(self, networks: CameraNetworks, client_id: str, *, encrypted: bool) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id)
        self._networks, self._encrypted = networks, encrypted
        self.problem: Sentence | None = None
        """Why the last try to connect failed."""

    def _create_socket_connection(self) -> socket.socket:
        """Replaces paho's: the address that was checked is the one that is connected to. Raises OSError."""
        try:
            connection = reach(self._host, self._port, self._networks, CONNECT_S)
        except (AddressRefused, OSError) as error:
            self.problem = why_not_reached(error, self._host, CONNECT_S)
            raise OSError(self.problem) from None
        if not self._encrypted and not is_inside(connection, self._networks):
            connection.close()
            self.problem = ChannelReason.BROKER_IN_CLEAR.said()
            raise OSError(self.problem)
        return connection

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> Any:
        try:
            return super()._ssl_wrap_socket(tcp_sock)
        except OSError as error:
            self.problem = why_not_reached(error, self._host, CONNECT_S)
            raise


class BrokerLink:
    """One channel's connection. `close` says goodbye; without it the broker says offline by itself."""

    def __init__(self, to: Receiver, client_id: str, wanted: Mapping[str, str]) -> None:
        """`wanted`: as `keep` takes it; what else the broker retains of this site's devices is taken back."""
        address = to.address
        self.topics = Topics(address["base_topic"], address["discovery_prefix"])
        self._lock = Lock()
        self._wanted = dict(wanted)
        self._is_closing = False
        self._taken: set[str] = set()
        """Topics of our devices at which another site describes its own."""
        self._client = client = GatedClient(to.networks, client_id, encrypted=address["encrypted"])
        if address["encrypted"]:
            client.tls_set_context(tls_context(str(address.get("certificate", ""))))
        if address.get("username"):
            client.username_pw_set(address["username"], to.secret.get("password") or None)
        client.will_set(self.topics.status, OFFLINE, qos=1, retain=True)
        client.reconnect_delay_set(FIRST_WAIT_S, LONGEST_WAIT_S)
        client.on_connect, client.on_message = self._connected, self._heard
        client.on_connect_fail = self._failed
        client.connect_async(address["host"], address["port"], KEEPALIVE_S)
        client.loop_start()

    @property
    def is_connected(self) -> bool:
        return self._client.is_connected()

    @property
    def problem(self) -> str:
        """Why there is no connection; "" if there is one, or the first try is still under way."""
        if self.is_connected:
            return ChannelReason.NODE_TAKEN.said() if self._taken else ""
        return self._client.problem or ""

    def keep(self, wanted: Mapping[str, str]) -> None:
        """Has the broker retain exactly `wanted`: publishes what differs now, and everything after each connection."""
        with self._lock:
            changed = {topic: payload for topic, payload in wanted.items() if self._wanted.get(topic) != payload}
            gone = self._wanted.keys() - wanted.keys()
            self._wanted = dict(wanted)
        if self.is_connected:
            self._retain({**changed, **dict.fromkeys(gone, "")})

    def publish(self, topics: list[str], payload: str) -> None:
        """Publishes one event, not retained, and waits until the broker has it. Raises NotDelivered."""
        if not self.is_connected:
            raise NotDelivered(self._client.problem or ChannelReason.BROKER_AWAY.said())
        for sent in [self._client.publish(topic, payload, qos=1) for topic in topics]:
            if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                raise NotDelivered(ChannelReason.BROKER_AWAY.said())
            with suppress(RuntimeError):  # the connection broke meanwhile
                sent.wait_for_publish(ANSWER_S)
            if not sent.is_published():
                raise NotDelivered(ChannelReason.BROKER_SILENT.said(within_s=ANSWER_S))

    def close(self, *, take_back: bool = False) -> None:
        """Says offline, and goes; with `take_back` the broker retains nothing else of this site."""
        self._is_closing = True
        if self.is_connected:
            if take_back:
                self._retain(dict.fromkeys(self._wanted, ""))
            last = self._client.publish(self.topics.status, OFFLINE, retain=True)
            with suppress(RuntimeError, ValueError):
                last.wait_for_publish(1)
        self._client.disconnect()
        self._client.loop_stop()
        # They are ours, and we hold the client: without this ring it is gone with us, and its sockets with it.
        self._client.on_connect = self._client.on_connect_fail = self._client.on_message = None

    def _connected(self, client: Client, userdata: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:
        if reason.is_failure:
            self._client.problem = ChannelReason.BROKER_REFUSES.said(why=str(reason))
            return
        self._client.problem = None
        # Its own status, too: the broker may say offline for the connection before this one.
        client.subscribe([(self.topics.devices, 1), (self.topics.status, 1)])
        with self._lock:
            wanted = dict(self._wanted)
            self._taken.clear()
        self._retain({**wanted, self.topics.status: ONLINE})

    def _failed(self, client: Client, userdata: Any) -> None:
        self._client.problem = self._client.problem or ChannelReason.BROKER_AWAY.said()

    def _heard(self, client: Client, userdata: Any, message: MQTTMessage) -> None:
        """Takes back devices of cameras that are gone, and an offline that is not true."""
        if self._is_closing:
            return
        if message.topic == self.topics.status and message.payload == OFFLINE.encode():
            self._retain({self.topics.status: ONLINE})
        elif self.topics.is_own_device(message.topic):
            self._heard_device(message.topic, message.payload.decode(errors="replace"))

    def _heard_device(self, topic: str, description: str) -> None:
        with self._lock:
            ours = self._wanted.get(topic)
            is_anothers = bool(description) and self.topics.is_anothers(description)
            if is_anothers and ours:
                self._taken.add(topic)  # nothing is sent: the two would overwrite each other for ever
            is_free = not description and topic in self._taken
            self._taken.discard(topic) if is_free else None
        if is_free and ours:
            self._retain({topic: ours})
        elif description and not ours and not is_anothers:
            self._retain({topic: ""})

    def _retain(self, payloads: Mapping[str, str]) -> None:
        # Not confirmed (QoS 0): after a broken connection paho would send what was not confirmed once more, behind the
        # newer values of `_connected`, and the broker would retain the older.
        for topic, payload in payloads.items():
            self._client.publish(topic, payload, retain=True)
