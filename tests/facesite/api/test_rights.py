"""Who may do what over the API: every address and method for every actor, as one written table."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from rest_framework.test import APIClient

from facesite.api.docs import schema
from people.audit.chaining import chain_all
from people.audit.entry import AuditEntry
from people.editing import services
from people.editing.bases import record_basis
from people.editing.proposing import propose
from people.imports.services import start_import
from people.records.consent_text import ConsentText
from people.records.enrolment_link import EnrolmentLink, LinkPicture
from people.records.person import Person
from people.records.photo import Photo
from people.records.proposal import ProposalKind
from people.records.suspension import Suspension
from people.records.watchlist import Watchlist
from people.self_enrolling.making import make_kiosk, make_link
from streams.access_requests.services import ask_for_everything
from streams.cases.services import ask_for_case
from streams.channels.queueing import queue_test
from streams.channels.services import save_channel
from streams.correcting.corrections import Correction, correct
from streams.erasing.erasure import Erasure
from streams.records.alert import Alert
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.detection import Detection
from streams.records.rule import Rule
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.records.stranger import Stranger
from streams.videos.video import Video
from tests.api import client_of
from tests.people.imports.conftest import zip_of

# Nobody without a login gets further than 401, and a login without rights no further than 403.
TABLE = """
                                          anonymous  stranger  viewer  operator
GET    /access-requests/                  401        403       200     200
POST   /access-requests/                  401        403       403     202
GET    /access-requests/{id}/             401        403       200     200
DELETE /access-requests/{id}/             401        403       403     204
GET    /access-requests/{id}/download/    401        403       403     409
GET    /erasures/                         401        403       200     200
POST   /erasures/                         401        403       403     202
GET    /erasures/preview/                 401        403       403     400
GET    /erasures/{id}/                    401        403       200     200
GET    /erasures/{id}/certificate/        401        403       404     404
GET    /erasures/{id}/certificate-pdf/    401        403       404     404
GET    /alerts/                           401        403       200     200
GET    /alerts/{id}/                      401        403       200     200
POST   /alerts/{id}/acknowledge/          401        403       403     200
POST   /alerts/{id}/close/                401        403       403     200
POST   /alerts/{id}/note/                 401        403       403     201
GET    /audit/                            401        403       200     200
GET    /audit/csv/                        401        403       200     200
GET    /audit/{number}/                   401        403       200     200
GET    /bases/                            401        403       200     200
POST   /bases/                            401        403       403     201
GET    /bases/{id}/                       401        403       200     200
GET    /bases/{id}/document/              401        403       200     200
POST   /bases/{id}/withdraw/              401        403       403     200
GET    /cameras/                          401        403       200     200
POST   /cameras/                          401        403       403     201
GET    /cameras/csv/                      401        403       200     200
GET    /cameras/{slug}/                   401        403       200     200
PUT    /cameras/{slug}/                   401        403       403     200
PATCH  /cameras/{slug}/                   401        403       403     200
DELETE /cameras/{slug}/                   401        403       403     409
GET    /cameras/{slug}/snapshot/          401        403       200     200
POST   /cameras/search/                   401        403       403     400
POST   /cameras/test/                     401        403       403     400
GET    /cases/                            401        403       200     200
POST   /cases/                            401        403       403     202
GET    /cases/{id}/                       401        403       200     200
DELETE /cases/{id}/                       401        403       403     204
GET    /cases/{id}/download/              401        403       403     409
GET    /videos/                           401        403       200     200
POST   /videos/                           401        403       403     202
GET    /videos/{id}/                      401        403       200     200
DELETE /videos/{id}/                      401        403       403     204
GET    /videos/{id}/csv/                  401        403       409     409
GET    /videos/{id}/sightings/            401        403       409     409
POST   /videos/{id}/sightings/{face}/correct/ 401    403       403     409
GET    /channels/                         401        403       200     200
POST   /channels/                         401        403       403     201
GET    /channels/{id}/                    401        403       200     200
PUT    /channels/{id}/                    401        403       403     200
PATCH  /channels/{id}/                    401        403       403     200
DELETE /channels/{id}/                    401        403       403     204
POST   /channels/{id}/test/               401        403       403     202
POST   /channels/{id}/signing-key/        401        403       403     200
DELETE /channels/{id}/old-signing-key/    401        403       403     409
GET    /deliveries/                       401        403       200     200
GET    /deliveries/{id}/                  401        403       200     200
GET    /detections/                       401        403       200     200
GET    /detections/csv/                   401        403       200     200
GET    /detections/{id}/                  401        403       200     200
GET    /detections/{id}/clip/             401        403       200     200
GET    /detections/{id}/frame/            401        403       200     200
GET    /detections/{id}/links/            401        403       200     200
GET    /detections/{id}/snapshot/         401        403       200     200
GET    /edits/                            401        403       200     200
GET    /edits/csv/                         401        403       200     200
GET    /edits/{id}/                       401        403       200     200
POST   /edits/{id}/undo/                  401        403       403     200
GET    /gallery/                          401        403       200     200
GET    /imports/                          401        403       403     200
POST   /imports/                          401        403       403     202
GET    /imports/{id}/                     401        403       403     200
POST   /imports/{id}/cancel/              401        403       403     200
GET    /imports/{id}/report/              401        403       403     200
GET    /live/                             401        403       200     200
GET    /keeping/                          401        403       200     200
PATCH  /keeping/                          401        403       403     200
GET    /keeping/public/                   200        200       200     200
GET    /people/                           401        403       200     200
POST   /people/                           401        403       403     201
GET    /people/csv/                       401        403       200     200
GET    /people/{id}/                      401        403       200     200
PUT    /people/{id}/                      401        403       403     200
PATCH  /people/{id}/                      401        403       403     200
DELETE /people/{id}/                      401        403       403     204
POST   /people/{id}/allow-matching/       401        403       403     200
POST   /people/{id}/never-match/          401        403       403     200
POST   /people/{id}/merge/                401        403       403     200
POST   /people/{id}/retire/               401        403       403     200
POST   /people/{id}/restore/              401        403       403     200
GET    /photos/                           401        403       200     200
POST   /photos/                           401        403       403     201
GET    /photos/csv/                       401        403       200     200
GET    /photos/{id}/                      401        403       200     200
DELETE /photos/{id}/                      401        403       403     204
POST   /photos/{id}/choose-face/          401        403       403     200
POST   /photos/{id}/retry/                401        403       403     200
POST   /photos/{id}/confirm/              401        403       403     200
POST   /photos/{id}/move/                 401        403       403     409
POST   /photos/{id}/reject/               401        403       403     200
GET    /photos/{id}/image/                401        403       200     200
GET    /photos/{id}/links/                401        403       200     200
GET    /photos/{id}/crop/                 401        403       200     200
POST   /recognise/                        401        403       403     400
GET    /rules/                            401        403       200     200
POST   /rules/                            401        403       403     201
POST   /rules/preview/                    401        403       403     200
GET    /rules/{id}/                       401        403       200     200
PUT    /rules/{id}/                       401        403       403     200
PATCH  /rules/{id}/                       401        403       403     200
DELETE /rules/{id}/                       401        403       403     204
GET    /sightings/                        401        403       200     200
GET    /sightings/csv/                    401        403       200     200
GET    /presence/                         401        403       200     200
GET    /reports/attendance/               401        403       200     200
GET    /reports/attendance/csv/           401        403       200     200
POST   /sightings/search/                 401        403       403     400
POST   /sightings/search/csv/             401        403       403     400
GET    /sightings/{id}/                   401        403       200     200
POST   /sightings/{id}/correct/           401        403       403     200
GET    /strangers/                        401        403       200     200
GET    /strangers/csv/                     401        403       200     200
GET    /strangers/{id}/                   401        403       200     200
POST   /strangers/{id}/different/         401        403       403     200
POST   /strangers/{id}/forget/            401        403       403     200
POST   /strangers/{id}/ignore/            401        403       403     200
POST   /strangers/{id}/is/                401        403       403     200
POST   /strangers/{id}/join/              401        403       403     200
POST   /strangers/{id}/name/              401        403       403     200
POST   /strangers/{id}/split/             401        403       403     200
POST   /strangers/{id}/unignore/          401        403       403     200
POST   /token/                            200        200       200     200
DELETE /token/                            401        204       204     204
POST   /verify/                           401        403       403     400
GET    /enrolment-links/                  401        403       200     200
POST   /enrolment-links/                  401        403       403     201
GET    /enrolment-links/{id}/             401        403       200     200
POST   /enrolment-links/{id}/approve/     401        403       403     200
GET    /enrolment-links/{id}/pictures/{picture}/ 401        403       200     200
POST   /enrolment-links/{id}/refuse/      401        403       403     200
POST   /enrolment-links/{id}/revoke/      401        403       403     409
GET    /kiosks/                           401        403       200     200
POST   /kiosks/                           401        403       403     201
GET    /kiosks/{id}/                      401        403       200     200
POST   /kiosks/{id}/revoke/               401        403       403     200
GET    /proposals/                        401        403       200     200
POST   /proposals/                        401        403       403     201
GET    /proposals/{id}/                   401        403       200     200
POST   /proposals/{id}/confirm/           401        403       403     200
POST   /proposals/{id}/refuse/            401        403       403     200
POST   /proposals/{id}/withdraw/          401        403       403     409
GET    /reports/alerts/                   401        403       200     200
GET    /reports/alerts/csv/               401        403       200     200
GET    /suspensions/                      401        403       200     200
GET    /suspensions/{id}/                 401        403       200     200
POST   /suspensions/{id}/revive/          401        403       403     200
GET    /watchlists/                       401        403       200     200
POST   /watchlists/                       401        403       403     201
GET    /watchlists/csv/                   401        403       200     200
GET    /watchlists/{id}/                  401        403       200     200
PUT    /watchlists/{id}/                  401        403       403     200
PATCH  /watchlists/{id}/                  401        403       403     200
DELETE /watchlists/{id}/                  401        403       403     204
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
ACTORS = TABLE.split()[:4]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
CHANNEL = {"name": "Desk", "kind": "webhook", "url": "https://example.org/hook"}
CAMERA = {"name": "Yard", "slug": "yard", "source": "clips/yard.mp4"}
TWIN = UUID("00000000-0000-4000-8000-000000000001")
ASKING = 77_001
"""The id of a watchlist that asks for two people."""
RULE = {"name": "After hours", "kind": "unknown"}
BODIES: dict[str, Any] = {
    "/alerts/{id}/close/": {"outcome": "false"},
    "/alerts/{id}/note/": {"text": "The postman"},
    "/access-requests/": {"person": str(TWIN), "request": "letter of 3 May"},
    "/bases/": {"person": str(TWIN), "purpose": "the door"},
    "/erasures/": {"person": str(TWIN), "request": "letter of 3 May"},
    "/rules/": RULE,
    "/rules/preview/": RULE,
    "/rules/{id}/": RULE,
    "/cameras/": CAMERA,
    "/cameras/{slug}/": {**CAMERA, "name": "Door", "slug": "door"},
    "/cameras/search/": {"device": "nowhere"},
    "/cases/": {"title": "File 7", "reason": "Asked by the police", "camera": "door"},
    "/channels/": CHANNEL,
    "/channels/{id}/": {**CHANNEL, "name": "Front desk"},
    "/people/": {"name": "Grace"},
    "/people/{id}/": {"name": "Grace"},
    "/people/{id}/merge/": {"person": str(TWIN)},
    "/photos/{id}/choose-face/": {"face": 0},
    "/photos/{id}/move/": {"person": str(TWIN)},
    "/watchlists/": {"name": "Staff"},
    "/watchlists/{id}/": {"name": "Staff"},
    "/sightings/{id}/correct/": {"no_face": True},
    "/strangers/{id}/name/": {"name": "Grace"},
    "/videos/{id}/sightings/{face}/correct/": {"no_face": True},
    "/strangers/{id}/is/": {"person": str(TWIN)},
    "/strangers/{id}/join/": {"stranger": str(TWIN)},
    "/strangers/{id}/different/": {"stranger": str(TWIN)},
    "/strangers/{id}/split/": {"sightings": [str(TWIN)]},
    "/kiosks/": {"place": "Reception"},
    "/proposals/": {"kind": "entry", "watchlist": ASKING, "person": str(TWIN), "reason": "Stole a bicycle"},
    "/suspensions/{id}/revive/": {"why": "A better photo"},
    "/token/": {"username": "viewer", "password": "viewer"},
}


@pytest.fixture
def keys(portraits: Path, media: Path, viewer: User) -> dict[str, str]:
    """One row of everything, by the first part of its address."""
    picture = (portraits / "astronaut.png").read_bytes()
    person = Person.objects.create(name="Ada")
    Person.objects.create(pk=TWIN, name="Ada again")
    photo = services.add_photo(person=person, file=picture, original_name="", by=None)
    Photo.objects.filter(pk=photo.pk).update(
        state="review",
        reason="looks_like_other",
        crop=photo.image.name,
        faces=[{"box": [0, 0, 9, 9], "score": 1, "quality": {}}],
    )
    camera = Camera.objects.create(name="Door", slug="door", source="0")
    cache.set(f"frame:{camera.pk}", b'\0\0\0\x0b{"frame":1}' + picture, 60)  # as a worker sends it
    sighting = Sighting.objects.create(
        id=uuid4(), camera=camera, verdict="unknown", first_seen_at=NOW, last_seen_at=NOW,
        match_threshold=0.5, review_threshold=0.55, gallery_version=1,
    )  # fmt: skip
    detection = Detection.objects.create(
        id=uuid4(), sighting=sighting, captured_at=NOW, box=[0, 0, 9, 9], frame_width_px=9, frame_height_px=9,
        score=1, quality=1, verdict="unknown", gallery_version=1, snapshot=photo.image.name,
        frame=photo.image.name, clip=photo.image.name,
    )  # fmt: skip
    other = Sighting.objects.create(
        id=uuid4(), camera=camera, verdict="unknown", first_seen_at=NOW, last_seen_at=NOW,
        match_threshold=0.5, review_threshold=0.55, gallery_version=1,
    )  # fmt: skip
    twin = Stranger.objects.create(pk=TWIN, number=1002, first_seen_at=NOW, last_seen_at=NOW, sightings=1)
    stranger = Stranger.objects.create(number=1001, first_seen_at=NOW, last_seen_at=NOW, sightings=2)
    for pk, whose in ((TWIN, stranger), (uuid4(), stranger), (uuid4(), twin)):
        Sighting.objects.create(
            id=pk, camera=camera, verdict="unknown", first_seen_at=NOW, last_seen_at=NOW, stranger=whose,
            match_threshold=0.5, review_threshold=0.55, gallery_version=1,
        )  # fmt: skip
    edit = correct(sighting=other.pk, says=Correction(EditKind.NO_FACE), by=None, page="")
    channel = Channel(name="Door phone", kind="webhook")
    save_channel(channel=channel, entered={"url": "https://example.org/hook"}, groups=None, by=None)
    rule = Rule.objects.create(name="Weekend", kind="unknown")
    alert = Alert.objects.create(
        rule=rule, rule_name=rule.name, kind=rule.kind, severity="warning", camera=camera, camera_name="Door",
        sighting=sighting, subject="unknown", captured_at=NOW,
    )  # fmt: skip
    basis = record_basis(person=person, purpose="the door", document=b"%PDF-1.7", document_title="form.pdf", by=None)
    asking = Watchlist.objects.create(pk=ASKING, name="Banned", two_people=True)
    proposer = User.objects.create_user("proposer")
    proposal = propose(kind=ProposalKind.ENTRY, watchlist=asking, person=person, reason="Stole a bicycle", by=proposer)
    watchlist = Watchlist.objects.create(name="Guests")
    text = ConsentText.objects.create(text="What is done with the pictures.")
    link, _secret = make_link(name="Newcomer", by=None)
    EnrolmentLink.objects.filter(pk=link.pk).update(state="sent", text=text, agreed_at=NOW, sent_at=NOW)
    LinkPicture.objects.create(pk=TWIN, link=link, image=default_storage.save("link.png", ContentFile(picture)))
    chain_all()
    answer = ask_for_everything(person=person, request="letter", site="", by=None)
    erasure = Erasure.objects.create(request="letter", state="done", finished_at=NOW)
    return {
        "enrolment-links": str(link.pk),
        "kiosks": str(make_kiosk(place="Door", by=None)[0].pk),
        "proposals": str(proposal.pk),
        "suspensions": str(Suspension.objects.create(watchlist=watchlist, person=person, false=2, closed=3).pk),
        "access-requests": str(answer.pk),
        "erasures": str(erasure.pk),
        "alerts": str(alert.pk),
        "audit": str(AuditEntry.objects.values_list("number", flat=True).first()),
        "bases": str(basis.pk),
        "rules": str(rule.pk),
        "channels": str(channel.pk),
        "deliveries": str(queue_test(channel).pk),
        "edits": str(edit and edit.pk),
        "imports": str(start_import(file=zip_of("Ada/1.jpg"), name="people.zip", by=None).pk),
        "people": str(person.pk),
        "photos": str(photo.pk),
        "watchlists": str(watchlist.pk),
        "cameras": "door",
        "sightings": str(sighting.pk),
        "strangers": str(stranger.pk),
        "detections": str(detection.pk),
        "cases": str(
            ask_for_case(title="File 7", reason="x", rows=Sighting.objects.all(), asked=[], site="", by=None).pk
        ),
        "videos": str(Video.objects.create(title="Yard", address="gs://bucket/yard.mp4").pk),
    }


@pytest.fixture
def actor(request: pytest.FixtureRequest, who: str) -> User | None:
    return None if who == "anonymous" else request.getfixturevalue(who)


def ask(client: APIClient, method: str, path: str, keys: dict[str, str], picture: bytes) -> int:
    """Returns the status; nothing that the call did stays."""
    key = keys.get(path.split("/")[1], "")
    url = f"/api/v1{path.format(id=key, slug=key, number=key, face=TWIN, picture=TWIN)}"
    body, kind = BODIES.get(path), "json"
    if (method, path) == ("POST", "/photos/"):
        images = [SimpleUploadedFile("a.png", picture + b"another")]
        body, kind = {"person": keys["people"], "images": images}, "multipart"
    if (method, path) == ("POST", "/imports/"):
        body, kind = {"file": SimpleUploadedFile("people.zip", zip_of("Grace.jpg").getvalue())}, "multipart"
    if (method, path) == ("POST", "/videos/"):
        body, kind = {"title": "Yard", "file": SimpleUploadedFile("yard.mp4", b"a video")}, "multipart"
    with transaction.atomic():
        answer = getattr(client, method.lower())(url, body if method != "GET" else None, format=kind)
        transaction.set_rollback(True)
    return int(answer.status_code)


# One world for all calls of an actor: to make it takes 0.1 s of the processor, a call 0.03 s.
@pytest.mark.timeout(400)
@pytest.mark.parametrize("who", ACTORS)
def test_the_table_holds(who: str, actor: User | None, keys: dict[str, str], portraits: Path) -> None:
    picture = (portraits / "astronaut.png").read_bytes()
    wrong = []
    for method, path, *statuses in ROWS:
        status = ask(client_of(actor), method, path, keys, picture)
        if status != int(statuses[ACTORS.index(who)]):
            wrong.append((method, path, status))
    assert not wrong


def test_the_table_names_every_operation() -> None:
    """The dialect's calls refuse in other words: tests/people/dialect/test_dialect.py has their scopes."""
    operations = [(path, method, told) for path, each in schema()["paths"].items() for method, told in each.items()]
    own = [(path, method) for path, method, told in operations if told["tags"] != ["compreface"]]
    offered = {(method.upper(), path.removeprefix("/api/v1")) for path, method in own}
    assert offered == {(row[0], row[1]) for row in ROWS}


def test_nothing_answers_whoever_has_not_logged_in(keys: dict[str, str]) -> None:
    for path in {"/", "/nowhere/", *(row[1] for row in ROWS)} - {"/token/", "/keeping/public/"}:
        key = keys.get(path.split("/")[1], "")
        for method in METHODS:
            answer = client_of(None).generic(
                method, f"/api/v1{path.format(id=key, slug=key, number=key, face=TWIN, picture=TWIN)}"
            )
            assert answer.status_code == 401 or (method == "TRACE" and answer.status_code == 405), (method, path)
            assert "Ada" not in answer.content.decode()
