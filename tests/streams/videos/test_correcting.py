"""Who a face of a video is can be said as of a camera's sighting: one tap, one row in the ledger, and undone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from people.editing.merging import merge_people
from people.records.person import Person
from streams.correcting.corrections import Correction
from streams.correcting.undoing import undo
from streams.errors import CannotUndo, EditedMeanwhile, NotSaid, PersonIsRetired, SightingIsGone
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from streams.records.states import EditKind
from streams.records.stranger import Stranger
from streams.videos.correcting import correct_face
from streams.videos.timeline import name_of_face, who_is_in
from streams.videos.video import Video, VideoSighting


@pytest.fixture
def video(operator: User) -> Video:
    return Video.objects.create(
        title="Yard",
        address="gs://b/x.mp4",
        state="done",
        finished_at=timezone.now(),
        length_s=60,
        created_by=operator,
    )


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


@pytest.fixture
def grace(db: None) -> Person:
    return Person.objects.create(name="Grace")


def face(video: Video, person: Person | None = None, **fields: Any) -> VideoSighting:
    verdict = "match" if person else "unknown"
    usual = {"first_s": 1, "last_s": 4, "verdict": verdict, "person": person, "distance": 0.3}
    limits = {"match_threshold": 0.6, "review_threshold": 0.7}
    return VideoSighting.objects.create(id=uuid4(), video=video, **{**usual, **limits, **fields})


def say(row: VideoSighting, kind: EditKind, person: Person | None = None, **how: Any) -> Any:
    return correct_face(face=row.pk, says=Correction(kind, person and person.pk), by=None, page="/videos/", **how)


def now(row: VideoSighting) -> tuple[str, str | None]:
    """What it is called, and what the machine says beside it."""
    fresh = VideoSighting.objects.select_related("person", "stranger").get(pk=row.pk)
    return name_of_face(fresh), fresh.machine_verdict


def test_a_face_has_the_corrected_name_and_the_machines_word_beside_it(
    video: Video, ada: Person, grace: Person
) -> None:
    row = face(video, ada)
    edit = say(row, EditKind.IS, grace)
    assert (now(row), edit.kind, edit.person) == (("Grace", "match"), "is", grace.pk)
    (seen,) = who_is_in(video, VideoSighting.objects.filter(video=video))
    assert (seen.who, seen.stays[0].words) == ("Grace", "Corrected by the system. The analysis says: Ada.")
    assert not Sighting.objects.exists()


def test_who_it_is_not_and_what_is_no_face(video: Video, ada: Person) -> None:
    wrong, poster = face(video, ada), face(video, ada, first_s=9, last_s=9)
    say(wrong, EditKind.IS_NOT, ada)
    say(poster, EditKind.NO_FACE)
    assert (now(wrong)[0], now(poster)[0]) == ("Unknown face", "No face")
    assert say(wrong, EditKind.IS_NOT, ada) is None and say(poster, EditKind.NO_FACE) is None
    assert IdentityEdit.objects.count() == 2


def test_each_edit_is_undone_the_newest_first(video: Video, ada: Person, grace: Person) -> None:
    row = face(video, ada)
    first, second = say(row, EditKind.IS, grace), say(row, EditKind.NO_FACE)
    with pytest.raises(CannotUndo, match="Undo that first"):
        undo(edit=first, by=None, page="/edits/")
    undo(edit=second, by=None, page="/edits/")
    assert now(row) == ("Grace", "match")
    undo(edit=first, by=None, page="/edits/")
    assert now(row) == ("Ada", None)
    assert VideoSighting.objects.get(pk=row.pk).edit is None


def test_faces_of_strangers_who_were_joined_twice_are_one_person(video: Video) -> None:
    seen = {"first_seen_at": timezone.now(), "last_seen_at": timezone.now()}
    last = Stranger.objects.create(number=7, **seen)
    middle = Stranger.objects.create(number=8, state="joined", into=last, **seen)
    first = Stranger.objects.create(number=9, state="joined", into=middle, **seen)
    for at, stranger in enumerate((first, middle, last)):
        face(video, first_s=10 * at, last_s=10 * at, stranger=stranger)
    (found,) = who_is_in(video, VideoSighting.objects.filter(video=video))
    assert (found.who, len(found.stays)) == ("Stranger 7", 3)


def test_an_undo_finds_who_was_merged_since_and_says_what_is_gone(video: Video, ada: Person, grace: Person) -> None:
    row, another = face(video, ada), face(video, ada, first_s=9, last_s=9)
    edit, of_another = say(row, EditKind.NO_FACE), say(another, EditKind.NO_FACE)
    merge_people(keep=grace, merge=ada, by=None)
    undo(edit=edit, by=None, page="/edits/")
    assert now(row)[0] == "Grace"
    Person.objects.get(pk=grace.pk).delete()
    with pytest.raises(CannotUndo, match="deleted since"):
        undo(edit=of_another, by=None, page="/edits/")
    video.delete()
    with pytest.raises(CannotUndo, match="video was deleted"):
        undo(edit=of_another, by=None, page="/edits/")


def test_what_cannot_be_said_is_refused(video: Video, ada: Person, grace: Person) -> None:
    row = face(video, ada)
    with pytest.raises(NotSaid):
        say(row, EditKind.IS_NOT, grace)
    with pytest.raises(EditedMeanwhile):
        say(row, EditKind.NO_FACE, seen=12345)
    Person.objects.filter(pk=grace.pk).update(retired_at=timezone.now())
    with pytest.raises(PersonIsRetired):
        say(row, EditKind.IS, grace)
    row.delete()
    with pytest.raises(SightingIsGone):
        say(row, EditKind.NO_FACE)
    assert not IdentityEdit.objects.exists()


def test_one_tap_on_the_page_corrects_and_leads_back_with_an_undo(
    client: Client, operator: User, video: Video, ada: Person
) -> None:
    row = face(video, ada)
    client.force_login(operator)
    place, address = f"/videos/{video.pk}/", f"/videos/faces/{row.pk}/correct/"
    page = client.get(place).content.decode()
    assert f'action="{address}"' in page and "Not Ada" in page
    answer = client.post(address, {"is_not": str(ada.pk), "edit": "none", "next": place}, follow=True)
    words = answer.content.decode()
    assert answer.redirect_chain == [(place, 302)]
    assert "This is not Ada." in words and f"/edits/{IdentityEdit.objects.get().pk}/undo/" in words
    assert "Corrected by operator. The analysis says: Ada." in words
    assert client.post(address, {"no_face": "true", "edit": "none"}).status_code == 409
    assert "It is not Ada" in client.get("/edits/").content.decode()


def test_the_page_asks_who_it_is_and_offers_who_else_is_in_the_video(
    client: Client, operator: User, video: Video, ada: Person, grace: Person
) -> None:
    row = face(video)
    face(video, grace)
    client.force_login(operator)
    page = client.get(f"/videos/faces/{row.pk}/correct/").content.decode()
    assert "Grace" in page and "Ada" not in page and f'action="/videos/faces/{row.pk}/correct/"' in page
    assert "Ada" in client.get(f"/videos/faces/{row.pk}/correct/?name=ada").content.decode()
    assert client.post(f"/videos/faces/{row.pk}/correct/", {}).status_code == 400


def test_the_api_says_the_same(as_operator: APIClient, video: Video, ada: Person, grace: Person) -> None:
    row = face(video, ada)
    address = f"/api/v1/videos/{video.pk}/sightings/{row.pk}/correct/"
    answer = as_operator.post(address, {"is": str(grace.pk), "edit": None}, format="json")
    said = answer.json()
    assert (said["who"], said["edited"], said["machine"]["person"]["name"]) == ("Grace", "corrected by operator", "Ada")
    assert as_operator.post(address, {"no_face": True, "edit": None}, format="json").status_code == 409
    assert as_operator.post(f"/api/v1/edits/{said['edit']}/undo/").status_code == 200
    (listed,) = as_operator.get(f"/api/v1/videos/{video.pk}/sightings/").json()["results"]
    assert (listed["who"], listed["edit"], listed["machine"]) == ("Ada", None, None)
    assert as_operator.post(address, {}, format="json").status_code == 400


def test_nobody_corrects_a_video_of_somebody_else_within_limits_or_without_the_right(
    client: Client, viewer: User, video: Video, ada: Person
) -> None:
    row = face(video, ada)
    client.force_login(viewer)
    assert client.post(f"/videos/faces/{row.pk}/correct/", {"no_face": "true"}).status_code == 403
    assert now(row)[0] == "Ada"
