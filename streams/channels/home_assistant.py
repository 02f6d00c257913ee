"""What an MQTT broker is told of cameras, in the form that Home Assistant discovers: a device for each camera.

One retained message describes the device and its sensors, another holds their values. Home Assistant reads both when it
starts, so they are right there whenever it comes (https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from streams.records.states import CameraStateName

ONLINE, OFFLINE = "online", "offline"
SEVERITIES = ("info", "warning", "alarm")


@dataclass(frozen=True, slots=True)
class CameraNow:
    """What is to be told of one camera."""

    id: int
    slug: str
    name: str
    state: str
    """A CameraStateName."""
    reason: str
    in_view: int
    """Faces that are before it now."""
    last_person: str
    """"" if nobody was recognised yet."""
    last_seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one site on one broker, which may serve several: each has a `base` of its own."""

    base: str = "facesite"
    discovery: str = "homeassistant"

    @property
    def status(self) -> str:
        """online or offline: the broker itself says offline when the site is gone (last will)."""
        return f"{self.base}/status"

    @property
    def alerts(self) -> str:
        return f"{self.base}/alerts"

    @property
    def devices(self) -> str:
        """A filter for the descriptions of all devices, ours and others'."""
        return f"{self.discovery}/device/+/config"

    def camera(self, camera_id: int, what: str) -> str:
        """Returns the topic of `what`: state or alert."""
        return f"{self.base}/cameras/{camera_id}/{what}"

    def device(self, camera_id: int) -> str:
        return f"{self.discovery}/device/{self.node}_camera_{camera_id}/config"

    def is_own_device(self, topic: str) -> bool:
        begin = f"{self.discovery}/device/{self.node}_camera_"
        return topic.startswith(begin) and topic.removeprefix(begin).removesuffix("/config").isdigit()

    def is_anothers(self, description: str) -> bool:
        """Returns whether the description of a device is of a site whose topics begin with something else.

        Home Assistant's ids have no slash: those of `a/b` and `a_b` are the same. Existing devices keep theirs.
        """
        try:
            return bool(json.loads(description)["availability_topic"] != self.status)
        except (ValueError, KeyError, TypeError):
            return True

    @property
    def node(self) -> str:
        """With what the ids of devices begin."""
        return self.base.replace("/", "_")


def retained(cameras: Iterable[CameraNow], topics: Topics) -> dict[str, str]:
    """Returns everything that the broker is to keep of `cameras`: payloads by topic."""
    kept: dict[str, str] = {}
    for camera in cameras:
        kept[topics.device(camera.id)] = json.dumps(_device(camera, topics))
        kept[topics.camera(camera.id, "state")] = json.dumps(_state(camera), ensure_ascii=False)
    return kept


def _device(camera: CameraNow, topics: Topics) -> dict[str, object]:
    key = topics.device(camera.id).split("/")[-2]
    sensors: dict[str, dict[str, object]] = {
        "last_person": _sensor("Last person", "last_person", icon="mdi:account"),
        "last_seen": _sensor("Last seen", "last_seen_at", device_class="timestamp"),
        "in_view": _sensor("In view", "in_view", icon="mdi:account-group", state_class="measurement"),
        "state": _sensor("Camera", "state", device_class="enum", options=CameraStateName.values),
        "alert": {
            "platform": "event",
            "name": "Alert",
            "event_types": list(SEVERITIES),
            "state_topic": topics.camera(camera.id, "alert"),
        },
    }
    return {
        "device": {"identifiers": [key], "name": camera.name, "manufacturer": "facesite", "model": "camera"},
        "origin": {"name": "facesite"},
        "availability_topic": topics.status,
        "state_topic": topics.camera(camera.id, "state"),
        "components": {name: {**sensor, "unique_id": f"{key}_{name}"} for name, sensor in sensors.items()},
    }


def _sensor(name: str, value: str, **more: object) -> dict[str, object]:
    return {"platform": "sensor", "name": name, "value_template": "{{ value_json." + value + " }}", **more}


def _state(camera: CameraNow) -> dict[str, object]:
    return {
        "name": camera.name,
        "slug": camera.slug,
        "state": camera.state,
        "reason": camera.reason,
        "in_view": camera.in_view,
        "last_person": camera.last_person or None,
        "last_seen_at": camera.last_seen_at.isoformat() if camera.last_seen_at else None,
    }
