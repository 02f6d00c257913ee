"""Who may have a case: by rights and limits as they are when it is fetched, and everything is written down."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from people.editing.services import delete_people
from people.records.keeping_term import KeptKind
from people.records.person import Person
from streams.cases.case import Case
from streams.records.camera import Camera
from streams.records.identity_edit import IdentityEdit
from streams.records.sighting import Sighting
from tests.api import client_of
from tests.keeping import kept_for
from tests.streams.cases.conftest import Ask, Make
from tests.streams.cases.test_making import table_of
from tests.streams.limited import World
from tests.streams.pages.rows import a_sighting
from tests.streams.seen import seen

pytestmark = pytest.mark.django_db


def with_role(name: str, role: str = "operator") -> User:
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get(name=role))
    return user


def fetched(user: User, case: Case) -> tuple[int, str]:
    """Status and text of a try to fetch the ZIP by its page."""
    client = Client()
    client.force_login(user)
    answer = client.get(f"/cases/{case.pk}/fetch/")
    text = answer.getvalue()[:2].decode() if answer.streaming else answer.content.decode()
    return answer.status_code, text


def test_who_made_it_may_fetch_it_and_that_is_written_down(made: Case, operator: User) -> None:
    client = Client()
    client.force_login(operator)
    answer = client.get(f"/cases/{made.pk}/fetch/")
    assert answer.headers["Content-Type"] == "application/zip"
    assert len(answer.getvalue()) == made.size_bytes
    words = LogEntry.objects.filter(object_id=str(made.pk)).values_list("change_message", flat=True)
    assert list(words) == ["Fetched the ZIP.", "Asked to hand over 2 sightings. Why: For the police"]


def test_without_the_right_nobody_sees_or_fetches_it(made: Case, viewer: User, stranger: User) -> None:
    viewer.user_permissions.clear()
    viewer.groups.add(Group.objects.get(name="viewer"))
    assert fetched(viewer, made)[0] == fetched(stranger, made)[0] == 403


def test_exact_distances_are_only_for_those_who_may_read_them(made: Case) -> None:
    status, words = fetched(with_role("colleague"), made)
    assert (status, "exact distances" in words) == (403, True)
    assert fetched(with_role("boss", "administrator"), made)[0] == 200


def test_a_limited_user_sees_no_case_of_others(media: Path, ask: Ask, make: Make) -> None:
    world = World.made()
    ask()
    make()
    limited = with_role("limited")
    world.limit_cameras(user=limited)
    assert not Case.objects.visible_to(limited).exists()
    own = ask(by=limited)
    make()
    own.refresh_from_db()
    assert own.total == 3
    assert list(Case.objects.visible_to(limited)) == [own]
    assert fetched(limited, own) == (200, "PK")


def test_a_limit_that_came_after_it_was_made_holds_when_it_is_fetched(media: Path, ask: Ask, make: Make) -> None:
    world = World.made()
    user = with_role("limited")
    case = ask(by=user)
    make()
    case.refresh_from_db()
    assert fetched(user, case) == (200, "PK")
    world.limit_cameras(user=user)
    status, words = fetched(user, case)
    assert (status, "shows cameras" in words) == (403, True)
    world.limit_people(user=user)
    assert "whom it names" in fetched(user, case)[1]


def test_a_case_that_names_somebody_who_was_erased_is_not_handed_over(made: Case, ada: Person, operator: User) -> None:
    delete_people(people=[ada], by=None)
    status, words = fetched(operator, made)
    assert (status, "is not there any more" in words) == (403, True)
    answer = client_of(operator).get(f"/api/v1/cases/{made.pk}/download/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "withdrawn")


def test_whoever_was_named_before_a_correction_counts_as_named(
    ask: Ask, make: Make, camera: Camera, ada: Person, operator: User
) -> None:
    bob = Person.objects.create(name="Bob")
    edit = IdentityEdit.objects.create(who="Ann", kind="is", page="/sightings/")
    a_sighting(camera, ada, edit=edit, machine_verdict="match", machine_person=bob)
    case = ask()
    make()
    case.refresh_from_db()
    assert table_of(case)[0]["remarks"] == "Before that the machine had decided: Bob, certain."
    assert set(case.people) == {str(ada.pk), str(bob.pk)}
    delete_people(people=[bob], by=None)
    assert fetched(operator, case)[0] == 403


def test_after_its_time_the_file_goes_and_the_row_says_that_there_was_one(
    made: Case, operator: User, media: Path
) -> None:
    kept_for(30, KeptKind.CASES)
    Case.objects.update(finished_at=timezone.now() - timedelta(days=29))
    call_command("tidy")
    assert fetched(operator, made)[0] == 200
    Case.objects.update(finished_at=timezone.now() - timedelta(days=31))
    call_command("tidy")
    made.refresh_from_db()
    assert not made.is_downloadable
    assert not list(media.glob("cases/*"))
    assert "deleted after its time" in fetched(operator, made)[1]
    assert client_of(operator).get(f"/api/v1/cases/{made.pk}/download/").status_code == 409
    Case.objects.update(finished_at=timezone.now() - timedelta(days=731))
    call_command("tidy")
    assert not Case.objects.exists()


def test_a_deleted_case_takes_its_file_along(
    made: Case, operator: User, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert client_of(operator).delete(f"/api/v1/cases/{made.pk}/").status_code == 204
    assert not list(media.glob("cases/*"))
    assert LogEntry.objects.filter(change_message__startswith="Deleted.", object_id=str(made.pk)).exists()


def test_the_keys_are_published_to_everybody(made: Case, client: Client) -> None:
    (key,) = client.get("/cases/keys/").json()["keys"]
    assert key["fingerprint"] == made.fingerprint
    assert key["public_key"].startswith("-----BEGIN PUBLIC KEY-----")


def test_the_page_asks_for_what_its_address_says(operator: User, camera: Camera, ada: Person, media: Path) -> None:
    named, _ = seen(camera, ada), seen(camera)
    client = Client()
    client.force_login(operator)
    page = client.get("/cases/new/?verdict=match").content.decode()
    assert "1 sighting" in page
    answer = client.post("/cases/new/?verdict=match", {"title": "File 7", "reason": "Asked by the police"})
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/cases/{case.pk}/"
    assert (case.asked_ids, [said for _, said in case.asked]) == ([str(named.pk)], ["certain"])
    assert "Waiting for a worker" in client.get(f"/cases/{case.pk}/").content.decode()
    assert client.post("/cases/new/", {"title": "", "reason": ""}).status_code == 400
    assert client.get("/cases/new/?verdict=nonsense").status_code == 404
    assert client.get(f"/cases/new/?sighting={named.pk}").status_code == 200
    assert client.get("/cases/new/?stranger=nobody").status_code == 404
    assert "Nothing that you may see" in client.get("/cases/new/?verdict=review").content.decode()


def test_a_client_asks_follows_and_fetches(
    operator: User, camera: Camera, ada: Person, make: Make, media: Path
) -> None:
    sighting = seen(camera, ada)
    api = client_of(operator)
    told = {"title": "File 7", "reason": "Asked by the police", "camera": "door", "verdict": ["match"]}
    answer = api.post("/api/v1/cases/", told, format="json")
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    where = answer.headers["Location"]
    assert make()
    case = api.get(where).json()
    assert (case["state"], case["sightings_done"]) == ("done", 1)
    assert len(api.get(case["download_url"]).getvalue()) == case["size_bytes"]
    by_id = {"title": "x", "reason": "y", "sightings": [str(sighting.pk)]}
    assert api.post("/api/v1/cases/", by_id, format="json").status_code == 202


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "Say which sightings"),
        ({"camera": "nowhere"}, "Select a valid choice"),
        ({"seen_after": "yesterday"}, "valid date"),
        ({"video": "00000000-0000-4000-8000-000000000001"}, "no analysed video"),
        ({"stranger": "00000000-0000-4000-8000-000000000001"}, "no stranger"),
        ({"verdict": ["unknown"]}, "nothing to hand over"),
        ({"verdict": ["match"], "reason": ""}, "blank"),
    ],
    ids=["nothing", "camera", "time", "video", "stranger", "none", "no reason"],
)
def test_bad_questions_are_refused_in_words(operator: User, camera: Camera, told: dict[str, Any], words: str) -> None:
    asked = {"title": "File 7", "reason": "Asked by the police", **told}
    answer = client_of(operator).post("/api/v1/cases/", asked, format="json")
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Case.objects.exists()
    assert not Sighting.objects.exists()
