"""What messages of the sockets are built of, and how they are built."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from people.recognition.types import Box, Verdict
from people.records.person import Person
from streams.pipeline.messages import TrackedFace
from streams.records.camera import Camera, CameraStatus
from streams.wire.builders import camera_heard, camera_ref, camera_state, face_overlay, frame_header, state_of
from streams.wire.frames import pack_frame, unpack_frame
from streams.wire.values import delay_ms, finite, iso, stamp
from tests.streams.said import JPEG, NOON, heartbeat, overlay


def test_times_are_utc_with_a_z() -> None:
    noon_in_berlin = datetime(2026, 5, 4, 14, 0, tzinfo=timezone(timedelta(hours=2)))
    assert stamp(noon_in_berlin) == "2026-05-04T12:00:00.000Z"
    assert iso(None) is None


def test_the_delay_of_an_event_is_counted_from_capture() -> None:
    assert delay_ms(NOON, NOON + timedelta(milliseconds=215)) == 215


def test_a_clock_that_is_ahead_gives_no_negative_delay() -> None:
    assert delay_ms(NOON + timedelta(seconds=1), NOON) == 0


@pytest.mark.parametrize("number", [None, float("inf"), float("nan")])
def test_what_json_cannot_say_is_none(number: float | None) -> None:
    assert finite(number) is None


def test_a_frame_is_unpacked_as_it_was_packed() -> None:
    header = frame_header("hall", overlay(7, faces=()), {})
    assert unpack_frame(pack_frame(header, JPEG)) == (header, JPEG)


@pytest.mark.parametrize(
    ("verdict", "person", "drawn", "name"),
    [
        (None, None, "pending", None),
        (Verdict.UNKNOWN, None, "unknown", None),
        (Verdict.MATCH, "ann", "match", "Ann"),
        (Verdict.REVIEW, "ann", "review", "Ann"),
        (Verdict.MATCH, "somebody-who-has-left", "unknown", None),
    ],
)
def test_a_face_is_drawn_with_the_name_that_it_has_now(
    verdict: Verdict | None, person: str | None, drawn: str, name: str | None
) -> None:
    face = TrackedFace(1, Box(1, 2, 3, 4), verdict, person, 0.3)
    said = face_overlay(face, {"ann": "Ann"})
    assert said["verdict"] == drawn
    assert (said["person"] or {}).get("name") == name


def test_a_face_has_the_name_that_somebody_said_or_its_strangers_number() -> None:
    named = face_overlay(TrackedFace(1, Box(1, 2, 3, 4), Verdict.MATCH, "retired", None, "Grace"), {"ann": "Ann"})
    assert (named["person"], named["stranger"]) == ({"id": "retired", "name": "Grace"}, None)
    known = face_overlay(TrackedFace(1, Box(1, 2, 3, 4), Verdict.UNKNOWN, None, 0.8, "Stranger 12"), {})
    assert (known["verdict"], known["person"], known["stranger"]) == ("unknown", None, "Stranger 12")


def test_what_a_child_says_can_be_sent() -> None:
    said = camera_heard({"slug": "hall", "name": "Hall"}, heartbeat())
    assert json.loads(json.dumps(said)) == said


@pytest.mark.django_db
class TestTheStateOfARow:
    def state(self, hall: Camera, **fields: object) -> tuple[str, str]:
        now = datetime.now(UTC)
        usual = {
            "state": "live",
            "heartbeat_at": now,
            "lease_holder": "a",
            "lease_expires_at": now + timedelta(seconds=15),
        }
        status = CameraStatus(camera=hall, **{**usual, **fields})
        said = camera_state(camera_ref(hall), status, now)
        return said["state"], said["reason"]

    def test_is_what_the_worker_wrote(self, hall: Camera) -> None:
        assert self.state(hall) == ("live", "")

    def test_is_not_live_when_its_worker_is_dead(self, hall: Camera) -> None:
        long_ago = datetime.now(UTC) - timedelta(minutes=1)
        state, reason = self.state(hall, heartbeat_at=long_ago, lease_expires_at=long_ago)
        assert (state, reason) == ("waiting", "No worker is running this camera.")

    def test_is_off_for_ever_when_switched_off(self, hall: Camera) -> None:
        assert self.state(hall, state="off", heartbeat_at=None, lease_expires_at=None) == ("off", "")

    def test_waits_without_a_row(self, hall: Camera) -> None:
        assert camera_state(camera_ref(hall), None)["state"] == "waiting"


def test_names_are_not_escaped_by_the_server() -> None:
    person = Person(name="<b>Ann</b>")
    face = TrackedFace(1, Box(1, 2, 3, 4), Verdict.MATCH, str(person.id), 0.3)
    said = face_overlay(face, {str(person.id): person.name})
    assert said["person"] == {"id": str(person.id), "name": "<b>Ann</b>"}


def test_a_switch_is_told_before_a_worker_has_followed_it(db: None) -> None:
    now = datetime.now(UTC)
    camera = Camera.objects.create(name="Yard", slug="yard", source="0", enabled=False)
    assert state_of(camera, now)["state"] == "off"  # nobody has made a status yet
    CameraStatus.objects.create(camera=camera, state="off")
    camera.enabled = True
    assert state_of(camera, now)["state"] == "waiting"
