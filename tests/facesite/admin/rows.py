"""A row of everything that the admin shows, with something in every column."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.utils import timezone
from rest_framework.authtoken.models import TokenProxy

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.base.history import log_changed
from people.editing.bases import record_basis
from people.gallery.calibrating import set_thresholds
from people.gallery.engine_choice import EngineChoice
from people.imports.jobs import ImportJob
from people.recognition.engine.kinds import engine_key
from people.records.basis import BasisKind
from people.records.consent_text import ConsentText
from people.records.encoding import Encoding
from people.records.enrolment_link import EnrolmentLink, Kiosk
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.photo import Photo
from people.records.watchlist import Watchlist
from streams.cases.case import Case
from streams.records.alert import Alert
from streams.records.camera import Camera, CameraStatus
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.groups import CameraGroup, CameraLimit
from streams.records.rule import Rule
from streams.records.search_log import SearchLog
from streams.videos.video import Video
from tests.people.conftest import near, picture, unit_vector
from tests.streams.pages.rows import a_detection, a_sighting

WHY_DOWN = "The server refuses the connection: is the address right? Next try in 8 s."


def rows_of_everything(root: User) -> None:
    """`root` has made, found and changed it all. Needs a folder for media."""
    ada, grace = _people(root)
    hall = _cameras()
    guard = _access(root, hall, ada)
    _seen(root, hall, ada)
    _told(hall, ada)
    for row in (ada, grace, hall, guard):
        log_changed(row, "Changed name and notes.", by=root)


def _people(root: User) -> tuple[Person, Person]:
    ada, grace, *others = (Person.objects.create(name=name) for name in ("Ada Lovelace", "Grace Hopper", "Al", "Bo"))
    Person.objects.filter(pk=ada.pk).update(
        external_id="17", notes="At the gate.", metadata={"badge": 17, "floor": "2"}
    )
    Person.objects.filter(pk=grace.pk).update(retired_at=timezone.now())
    EngineChoice.objects.create(engine=engine_key(), previous="of before", missing_photos=2, chosen_by=root)
    for seed, (person, vector) in enumerate(
        [(ada, unit_vector(1)), (ada, near(unit_vector(1), 0.2)), (others[0], near(unit_vector(1), 0.1, 7))]
    ):
        photo = a_photo(person, "enrolled", seed=seed)
        Encoding.objects.create(photo=photo, engine=engine_key(), vector=vector, quality=0.9)
    a_photo(ada, "review", "looks_like_other", {"person": str(grace.pk), "distance": 0.31}, seed=10)
    a_photo(ada, "choose", "several_faces", seed=11)
    a_photo(ada, "rejected", "no_face", seed=12)
    a_photo(others[0], "pending", seed=13)
    Watchlist.objects.create(name="Guests", description="Let them in.").people.add(ada)
    PersonGroup.objects.create(name="Staff").people.add(ada)
    for state, name in (("working", "staff.zip"), ("asking", "")):
        ImportJob.objects.create(
            state=state, file="gone.zip", original_name=name, size_bytes=9, entries_total=40, entries_seen=12,
            created_by=root, names=["Ada/1.jpg", "Grace/1.jpg"],
        )  # fmt: skip
    _agreed(root, ada)
    set_thresholds(match=0.3, reason="1 in 1,000 strangers at most", by=root, wanted_rate=0.001)
    return ada, grace


def _agreed(root: User, ada: Person) -> None:
    text = ConsentText.objects.create(text="Who comes in is recognised at the door.", written_by=root)
    record_basis(person=ada, kind=BasisKind.CONTRACT, purpose="the door", by=root)
    kiosk = Kiosk.objects.create(place="reception", digest="1" * 64, made_by=root)
    soon, now = timezone.now() + timedelta(days=1), timezone.now()
    EnrolmentLink.objects.create(
        digest="2" * 64, person=ada, name="Ada Lovelace", kiosk=kiosk, state="sent", made_by=root, expires_at=soon,
        text=text, agreed_at=now, sent_at=now,
    )  # fmt: skip


def a_photo(person: Person, state: str, reason: str = "", detail: Any = None, *, seed: int) -> Photo:
    faces = [
        {"box": [4, 4, 30, 30], "score": 1.0, "quality": {}},
        {"box": [34, 4, 60, 30], "score": 1.0, "quality": {}},
    ]
    photo = Photo(person=person, state=state, reason=reason, reason_detail=detail or {}, sha256=uuid4().hex)
    photo.original_name, photo.faces, photo.width_px, photo.height_px = f"photo-{seed}.jpg", faces, 64, 64
    photo.image.save("photo.jpg", ContentFile(picture(seed)), save=False)
    photo.crop.save("crop.jpg", ContentFile(picture(seed)), save=False)
    photo.save()
    return photo


def _cameras() -> Camera:
    hall, yard = (
        Camera.objects.create(name=n, slug=n.lower(), source=f"rtsp://{n}.example/1") for n in ("Hall", "Yard")
    )
    now = timezone.now()
    for camera, state, reason in ((hall, "down", WHY_DOWN), (yard, "live", "")):
        lease = {"lease_holder": "worker", "lease_expires_at": now + timedelta(minutes=9), "heartbeat_at": now}
        CameraStatus.objects.create(
            camera=camera, state=state, reason=reason, last_frame_at=now, fps_analysed=8, **lease
        )
    CameraGroup.objects.create(name="Front", description="Doors to the street.").cameras.add(hall)
    return hall


def _access(root: User, hall: Camera, ada: Person) -> User:
    guard = User.objects.create_user("guard", first_name="Gus", email="gus@example.org", is_staff=True)
    guard.groups.add(Group.objects.get(name="operator"))
    PersonLimit.objects.create(user=guard, group=PersonGroup.objects.get())
    CameraLimit.objects.create(user=guard, group=CameraGroup.objects.get())
    Group.objects.create(name="Guards")
    make_key(name="door system", scopes=[Scope.READ_PEOPLE, Scope.RECOGNISE], by=root)
    TokenProxy.objects.create(user=root)
    return guard


def _seen(root: User, hall: Camera, ada: Person) -> None:
    seen, unknown = a_sighting(hall, ada, look_closer=True, liveness=0.1), a_sighting(hall)
    for sighting in (seen, unknown):
        a_detection(sighting, picture=picture(3), frame=picture(4), person=ada)
    searched = {"who": "root", "within": 0.3, "engine": engine_key(), "found": 2}
    SearchLog.objects.create(sighting=seen.pk, filters={"camera": "hall"}, searched=900, **searched)
    SearchLog.objects.create(picture_sha256="a" * 64, **searched)
    ended = {"who": "root", "created_by": root, "state": "done", "finished_at": timezone.now()}
    asked = [["Camera", "Hall"], ["From", "2 Nov 2026"]]
    Case.objects.create(title="Bicycle", reason="For the police", asked=asked, total=2, sha256="b" * 64, **ended)
    Video.objects.create(title="Yard on Monday", length_s=95.0, began_at=timezone.now(), **ended)


def _told(hall: Camera, ada: Person) -> None:
    failing = {"failing_since": timezone.now(), "last_problem": "The receiver answered 500."}
    guards = Channel.objects.create(
        name="Guards", kind="webhook", address={"place": "https://example.org/…"}, **failing
    )
    Channel.objects.create(name="Desk", kind="email", address={"recipients": ["desk@example.org"]})
    rule = Rule.objects.create(name="Nobody after hours")
    rule.channels.add(guards)
    alert = Alert.objects.create(
        rule=rule, rule_name=rule.name, kind="unknown", severity="alarm", camera=hall, camera_name=hall.name,
        person=ada, subject="hall", captured_at=timezone.now(),
    )  # fmt: skip
    summary = Delivery.objects.create(channel=guards, kind="summary", state="sent", sent_at=timezone.now())
    trouble = {"attempts": 3, "last_reason": "The receiver answered 500."}
    Delivery.objects.create(channel=guards, alert=alert, kind="alert", state="held", summary=summary, **trouble)
    Delivery.objects.create(channel=guards, kind="test", state="waiting", **trouble)
