"""A real MQTT broker (mosquitto) for tests, which can be ended and started again on its port."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from streams.channels.message import Receiver
from streams.pipeline.sources.networks import CameraNetworks


class Broker:
    """It keeps nothing on disk: what it retains is gone when it ends, as with many."""

    def __init__(self, folder: Path, *more: str) -> None:
        binary = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin")
        if binary is None and os.environ.get("CI"):
            pytest.fail("mosquitto is missing: run `make parts`")
        if binary is None:
            pytest.skip("no mosquitto here: run `make parts`")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        lines = [f"listener {self.port} 127.0.0.1", "persistence false", *(more or ["allow_anonymous true"])]
        self._config = folder / "mosquitto.conf"
        self._config.write_text("\n".join(lines) + "\n")
        self._command = [binary, "-c", str(self._config)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        raise AssertionError("the broker does not start")

    def end(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def receiver(self, **address: object) -> Receiver:
        """A channel's receiver that means this broker."""
        usual = {"host": "127.0.0.1", "port": self.port, "encrypted": False, "username": ""}
        topics = {"base_topic": "facesite", "discovery_prefix": "homeassistant"}
        return Receiver({**usual, **topics, **address}, {}, CameraNetworks.of(["127.0.0.0/8"]))


class Listener:
    """Another client of the broker, such as Home Assistant: keeps what it is told, and whether that was retained."""

    def __init__(self, broker: Broker, *topics: str) -> None:
        self.told: list[tuple[str, str, bool]] = []
        self._client = Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._hear
        self._client.on_connect = lambda client, *_: client.subscribe([(topic, 1) for topic in topics or ("#",)])
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()

    def _hear(self, client: Client, userdata: object, message: MQTTMessage) -> None:
        self.told.append((message.topic, message.payload.decode(), message.retain))

    def newest(self, topic: str) -> str | None:
        return next((payload for each, payload, _ in reversed(self.told) if each == topic), None)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@contextlib.contextmanager
def listening(broker: Broker, *topics: str) -> Iterator[Listener]:
    listener = Listener(broker, *topics)
    try:
        yield listener
    finally:
        listener.close()
