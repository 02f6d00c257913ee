"""Attacks on what people say of faces: corrections, strangers, faces in videos, and the undo of all that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from streams.correcting.corrections import Correction, correct
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.records.stranger import Stranger
from streams.videos.video import Video, VideoSighting
from tests.attacks.attackers import Attacker
from tests.attacks.table import attack
from tests.attacks.world import SEEN, World

Post = Callable[[], Any]
MAY = ("operator", "administrator")
"""Roles that say who it is."""


def may_say(attacker: Attacker) -> bool:
    return attacker.name.removeprefix("limited ") in MAY


def written(*posts: Post) -> list[bool]:
    """Whether each of these requests wrote an edit; each finds everything as it was."""
    before, outcomes = IdentityEdit.objects.count(), []
    for post in posts:
        with transaction.atomic():
            status = int(post().status_code)
            outcomes.append(IdentityEdit.objects.count() > before)
            transaction.set_rollback(True)
        assert status < 500, status
    return outcomes


def said(attacker: Attacker, page: str, api: str, body: dict[str, Any]) -> list[bool]:
    """Whether the page's form and the API wrote what was said."""
    form, client = attacker.pages, attacker.api  # made here: a token made in there would be taken back
    return written(
        lambda: form.post(page, body),
        lambda: client.post(f"/api/v1{api}", body, format="json"),
    )


@attack("corrections", "Nobody says who a sighting is without the right to, or of what is beyond their limits.")
def anothers_correction(attacker: Attacker, world: World) -> None:
    for sighting in Sighting.objects.all():
        inside = sighting.person_id == world.inside.pk
        allowed = may_say(attacker) and (inside or not attacker.limited)
        address = f"/sightings/{sighting.pk}/correct/"
        assert said(attacker, address, address, {"no_face": True}) == [allowed, allowed]
        if attacker.limited:
            hidden = {"is": str(world.outside.pk)}
            assert said(attacker, address, address, hidden) == [False, False], "named after somebody hidden"


@attack("edits", "Nobody undoes what they could not have said, or may not see.")
def anothers_undo(attacker: Attacker, world: World) -> None:
    hidden = Sighting.objects.get(person=world.outside)
    says = Correction(EditKind.IS_NOT, world.outside.pk)
    edit = correct(sighting=hidden.pk, says=says, by=world.root, page="/sightings/")
    assert edit is not None
    allowed = may_say(attacker) and not attacker.limited
    assert said(attacker, f"/edits/{edit.pk}/undo/", f"/edits/{edit.pk}/undo/", {}) == [allowed, allowed]


@attack("strangers", "Nobody edits a stranger without the right to, or one whom their cameras have not seen.")
def anothers_stranger(attacker: Attacker, world: World) -> None:
    people = {world.hall: uuid4(), world.vault: uuid4()}
    bodies: dict[str, dict[str, Any]] = {
        "name": {"name": "Mallory"}, "is": {"person": str(world.inside.pk)}, "ignore": {}, "forget": {},
    }  # fmt: skip
    for number, (camera, pk) in enumerate(people.items(), 2001):
        stranger = Stranger.objects.create(pk=pk, number=number, first_seen_at=SEEN, last_seen_at=SEEN, sightings=1)
        Sighting.objects.create(
            id=uuid4(), camera=camera, stranger=stranger, verdict="unknown", first_seen_at=SEEN, last_seen_at=SEEN,
            ended_at=SEEN, match_threshold=0.3, review_threshold=0.4, gallery_version=1,
        )  # fmt: skip
    for number, (camera, pk) in enumerate(people.items(), 2001):
        allowed = may_say(attacker) and (camera == world.hall or not attacker.limited)
        for what, body in bodies.items():
            outcomes = said(attacker, f"/strangers/{number}/{what}/", f"/strangers/{pk}/{what}/", body)
            assert outcomes == [allowed, allowed], (what, camera.name)


@attack("videos", "Nobody corrects who is in a video without both rights, or a face of somebody hidden from them.")
def anothers_face(attacker: Attacker, world: World) -> None:
    video = Video.objects.create(
        title="Yard", address="gs://b/x.mp4", state="done", finished_at=timezone.now(), length_s=9,
        created_by=attacker.user,
    )  # fmt: skip
    for person in (world.inside, world.outside):
        face = VideoSighting.objects.create(
            id=uuid4(), video=video, first_s=1, last_s=2, verdict="match", person=person, match_threshold=1,
            review_threshold=1,
        )  # fmt: skip
        allowed = may_say(attacker) and (person == world.inside or not attacker.limited)
        page, api = f"/videos/faces/{face.pk}/correct/", f"/videos/{video.pk}/sightings/{face.pk}/correct/"
        assert said(attacker, page, api, {"no_face": True}) == [allowed, allowed]
