"""Attacks on what is handed over: cases that name somebody, and videos in which somebody is seen."""

from __future__ import annotations

from uuid import uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from streams.cases.case import Case
from streams.videos.video import Video, VideoSighting
from tests.attacks.attackers import Attacker
from tests.attacks.table import attack
from tests.attacks.world import World

MAY = ("operator", "administrator")


@attack("cases", "A case is given only to whoever may see all that it shows when they fetch it.")
def anothers_case(attacker: Attacker, world: World) -> None:
    for person, camera in ((world.outside, world.hall), (world.inside, world.vault), (world.inside, world.hall)):
        case = Case(
            title="x", reason="x", total=1, done=1, state="done", finished_at=timezone.now(), shows_exactly=False,
            shows_everybody=False, people=[str(person.pk)], cameras=[camera.pk], created_by=attacker.user, size_bytes=3,
        )  # fmt: skip
        case.file.save("case.zip", ContentFile(b"ZIP"), save=False)
        case.save()
        inside = (person, camera) == (world.inside, world.hall)
        expected = attacker.name in MAY or (attacker.name.removeprefix("limited ") in MAY and inside)
        page = attacker.pages.get(f"/cases/{case.pk}/fetch/")
        api = attacker.api.get(f"/api/v1/cases/{case.pk}/download/")
        assert [page.getvalue() == b"ZIP", api.getvalue() == b"ZIP"] == [expected, expected], (person, camera)
        assert page.status_code < 500 and api.status_code < 500


@attack("videos", "Of a video nobody sees more people than they may, and only who may analyse videos sees any.")
def anothers_video(attacker: Attacker, world: World) -> None:
    video = Video.objects.create(
        title="Yard",
        address="gs://b/x.mp4",
        state="done",
        finished_at=timezone.now(),
        length_s=9,
        created_by=attacker.user,
    )
    for person in (world.inside, world.outside):
        VideoSighting.objects.create(
            id=uuid4(), video=video, first_s=1, last_s=2, verdict="match", person=person, match_threshold=1,
            review_threshold=1,
        )  # fmt: skip
    may = attacker.name.removeprefix("limited ") in MAY
    for answer in (
        attacker.pages.get(f"/videos/{video.pk}/"),
        attacker.pages.get(f"/videos/{video.pk}/csv/"),
        attacker.api.get(f"/api/v1/videos/{video.pk}/sightings/"),
        attacker.pages.get(f"/cases/new/?video={video.pk}"),
    ):
        text = answer.getvalue().decode()
        assert (answer.status_code == 200) == may, answer.status_code
        assert (world.outside.name in text) <= (may and not attacker.limited)
