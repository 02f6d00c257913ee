"""Groups of cameras and the limits to them, as they are kept in the admin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from people.accounts.api_key import ApiKey
from people.base import doorbells
from people.records.person import Person
from streams.records.groups import CameraGroup, CameraLimit
from tests.streams.limited import World, a_key
from tests.streams.pages.rows import NOON, a_sighting

GROUPS = "/admin/streams/cameragroup/"


@pytest.fixture
def world(media: Path) -> World:
    return World.made()


@pytest.fixture
def floor(db: None, world: World) -> CameraGroup:
    return world.group_of_the_hall()


@pytest.fixture
def chief(db: None) -> User:
    """Has every right, and is no superuser."""
    user = User.objects.create_user("chief", password="chief", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


@pytest.fixture
def as_chief(chief: User, client: Client) -> Client:
    client.force_login(chief)
    return client


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Doorbells that were asked for."""
    rings: list[tuple[str, ...]] = []
    monkeypatch.setattr(doorbells, "ring", lambda *message: rings.append(message))
    return rings


def save(client: Client, group: CameraGroup, /, cameras: Any = (), stored: Any = 0, **limit: Any) -> Any:
    body = {"name": group.name, "description": "", "cameras": [camera.pk for camera in cameras]}
    formset = {"TOTAL_FORMS": 1, "INITIAL_FORMS": stored, **{f"0-{name}": value for name, value in limit.items()}}
    body |= {f"limits-{name}": value for name, value in formset.items()}
    return client.post(f"{GROUPS}{group.pk}/change/", body, follow=True)


def test_a_group_is_given_cameras_and_limits_and_open_pages_are_told(
    as_chief: Client, world: World, floor: CameraGroup, viewer: User, rung: list[tuple[str, ...]]
) -> None:
    save(as_chief, floor, cameras=[world.vault], user=viewer.pk)
    assert list(floor.cameras.all()) == [world.vault]
    assert CameraLimit.objects.get().user == viewer
    assert rung == [("cameras.changed", doorbells.VIEWERS)]


def test_a_limit_is_of_a_user_or_of_a_key(as_chief: Client, chief: User, floor: CameraGroup) -> None:
    key, _ = a_key(chief)
    page = save(as_chief, floor, user=chief.pk, key=key.pk)
    assert "Choose either a user or an API key." in page.content.decode()
    save(as_chief, floor, key=key.pk)
    assert CameraLimit.objects.get().key == key


def test_lifting_the_last_limit_is_said(as_chief: Client, floor: CameraGroup, viewer: User) -> None:
    limit = CameraLimit.objects.create(group=floor, user=viewer)
    page = save(as_chief, floor, stored=1, id=limit.pk, group=floor.pk, DELETE="on")
    assert "No group of cameras limits viewer any more" in page.content.decode()
    assert not CameraLimit.objects.exists()


def test_a_limit_is_not_made_another_users(as_chief: Client, chief: User, floor: CameraGroup, viewer: User) -> None:
    limit = CameraLimit.objects.create(group=floor, user=viewer)
    save(as_chief, floor, stored=1, id=limit.pk, group=floor.pk, user=chief.pk)
    assert CameraLimit.objects.get().user == viewer


def test_a_group_that_limits_somebody_is_not_deleted(as_chief: Client, floor: CameraGroup, viewer: User) -> None:
    limit = CameraLimit.objects.create(group=floor, user=viewer)
    url = f"{GROUPS}{floor.pk}/delete/"
    page = as_chief.get(url).content.decode()
    assert "they could see every camera" in page and "viewer sees Ground floor" in page
    as_chief.post(url, {"post": "yes"})
    as_chief.post(GROUPS, {"action": "delete_selected", "_selected_action": [floor.pk], "post": "yes"})
    assert CameraGroup.objects.exists()
    limit.delete()
    as_chief.post(url, {"post": "yes"})
    assert not CameraGroup.objects.exists()


def test_whoever_is_limited_is_told_why_they_keep_no_groups(as_chief: Client, chief: User, floor: CameraGroup) -> None:
    CameraLimit.objects.create(group=floor, user=chief)
    answer = as_chief.get(GROUPS)
    assert answer.status_code == 403 and "you may see only some groups of cameras" in answer.content.decode()
    assert "Camera groups" not in as_chief.get("/admin/").content.decode()


def test_more_groups_ask_the_database_no_more_often(as_chief: Client, floor: CameraGroup) -> None:
    as_chief.get(GROUPS)
    with CaptureQueriesContext(connection) as few:
        as_chief.get(GROUPS)
    for number in range(5):
        CameraGroup.objects.create(name=str(number)).cameras.set(floor.cameras.all())
    with CaptureQueriesContext(connection) as many:
        as_chief.get(GROUPS)
    assert len(many) == len(few)


def make_key(client: Client, **values: Any) -> Any:
    return client.post("/admin/people/apikey/add/", {"name": "door", "scopes": ["read_sightings"], **values})


def test_a_key_is_made_with_its_groups_of_cameras(as_chief: Client, floor: CameraGroup) -> None:
    assert "Ground floor" in as_chief.get("/admin/people/apikey/add/").content.decode()
    make_key(as_chief, cameralimits=[floor.pk])
    assert CameraLimit.objects.get().key == ApiKey.objects.get()
    assert "Ground floor" in as_chief.get("/admin/people/apikey/").content.decode()


def test_a_limited_user_gives_a_key_their_own_groups_only(as_chief: Client, chief: User, floor: CameraGroup) -> None:
    other = CameraGroup.objects.create(name="Cellar")
    CameraLimit.objects.create(group=floor, user=chief)
    form = as_chief.get("/admin/people/apikey/add/").content.decode()
    assert "Ground floor" in form and "Cellar" not in form
    make_key(as_chief, cameralimits=[other.pk])
    assert not ApiKey.objects.exists()


def test_last_seen_does_not_tell_of_hidden_cameras(as_chief: Client, chief: User, world: World) -> None:
    late = NOON.replace(year=2027)
    a_sighting(world.vault, world.ada, at=late)
    assert _last_seen(chief, world.ada).year == 2027
    assert "2027" in as_chief.get("/admin/people/person/").content.decode()
    world.limit_cameras(chief)
    limited = User.objects.get(pk=chief.pk)
    assert _last_seen(limited, world.ada).year == NOON.year
    assert "2027" not in as_chief.get("/admin/people/person/").content.decode()


def _last_seen(user: User, person: Person) -> Any:
    return Person.objects.with_last_seen(user).get(pk=person.pk).last_seen  # type: ignore[attr-defined]


def test_before_people_are_deleted_or_merged_hidden_sightings_are_not_told_of(
    as_chief: Client, chief: User, world: World
) -> None:
    """Ada was seen once in the hall and once in the vault, each with one detection."""
    delete, merge = f"/admin/people/person/{world.ada.pk}/delete/", "/admin/people/person/merge/"
    both = {"person": [world.ada.pk, world.bob.pk]}
    page = as_chief.get(delete)
    assert page.context["deleted_objects"] == ["Ada Lovelace"]
    assert {"sightings", "detections"} <= dict(page.context["model_count"]).keys()
    assert dict(page.context["model_count"])["sightings"] == 2
    assert "2 sightings" in as_chief.get(merge, both).content.decode()
    world.limit_cameras(chief)
    counts = dict(as_chief.get(delete).context["model_count"])
    assert counts["sightings"] == 1 and "detections" not in counts
    assert "1 sighting<" in as_chief.get(merge, both).content.decode().replace(", last", "<")


@pytest.mark.parametrize(
    ("model", "asked"),
    [
        ("sighting", "distance__lt=0.9"),
        ("sighting", "distance__gte=0.1"),
        ("sighting", "margin__gt=0"),
        ("detection", "distance__lt=0.9"),
        ("detection", "margin__gt=0"),
        ("detection", "person__isnull=0"),
        ("detection", "person__id__exact={bob}"),
    ],
)
def test_no_address_asks_for_what_is_withheld(
    as_chief: Client, chief: User, world: World, model: str, asked: str
) -> None:
    """An unknown face in the hall is nearest to Bob: how near can be found by halving, a request at a time."""
    url = f"/admin/streams/{model}/?{asked.format(bob=world.bob.pk)}"
    assert as_chief.get(url).status_code == 200
    world.limit_people(chief)
    assert as_chief.get(url).status_code == 400


@pytest.mark.parametrize("asked", ["source__contains=token", "username__startswith=a", "groups__id__exact=1"])
def test_no_address_asks_for_what_is_not_shown_of_a_camera(
    as_chief: Client, chief: User, world: World, asked: str
) -> None:
    """A source is shown without its query, which may hold a token, to whoever may not change cameras."""
    rights = chief.user_permissions.filter(codename="change_camera")
    chief.user_permissions.remove(*rights)
    assert as_chief.get("/admin/streams/camera/?enabled__exact=1").status_code == 200
    assert as_chief.get(f"/admin/streams/camera/?{asked}").status_code == 400
    chief.user_permissions.add(*Permission.objects.filter(codename="change_camera"))
    assert as_chief.get(f"/admin/streams/camera/?{asked}").status_code == (400 if "groups" in asked else 200)
