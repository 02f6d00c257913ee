"""Limits: with which cameras and with whom a user or an API key has to do, whatever their rights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Permission, User
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from people.records import groups
from people.records.groups import PersonGroup, PersonLimit
from streams.cameras.services import save_camera
from streams.pipeline.sources.addresses import BROWSER
from streams.records.camera import Camera
from streams.records.detection import Detection
from streams.records.groups import CameraGroup, CameraLimit, camera_limits
from streams.records.sighting import Sighting
from tests.streams.limited import World, a_key, bearer, fresh


@pytest.fixture(params=["small groups", "large groups"])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, db: None, media: Path) -> World:
    if request.param == "large groups":
        monkeypatch.setattr(groups, "MOST_LISTED", 0)
    return World.made()


def cameras(user: Any) -> set[str]:
    return set(Camera.objects.visible_to(user).values_list("slug", flat=True))


def places(world: World, user: Any) -> tuple[set[str], set[str]]:
    """The sightings and the detections that `user` sees, by their names in `world`."""
    seen = set(Sighting.objects.visible_to(user)), set(Detection.objects.visible_to(user))
    return (
        {name for name, row in world.sightings.items() if row in seen[0]},
        {name for name, row in world.detections.items() if row in seen[1]},
    )


def test_whoever_has_no_limit_sees_everything(world: World, viewer: User, operator: User) -> None:
    for user in (viewer, operator, bearer(a_key(viewer)[0])):
        assert cameras(user) == {"hall", "vault"}
        assert places(world, user) == (set(world.sightings), set(world.detections))
    assert camera_limits(None) == ()


def test_somebody_limited_to_cameras_sees_what_those_saw(world: World, viewer: User) -> None:
    world.limit_cameras(viewer)
    user = fresh(viewer)
    assert cameras(user) == {"hall"}
    assert places(world, user) == ({"hall ada", "hall bob", "hall unknown"},) * 2


def test_somebody_limited_to_people_sees_them_and_unknown_faces(world: World, viewer: User) -> None:
    world.limit_people(viewer)
    user = fresh(viewer)
    assert cameras(user) == {"hall", "vault"}
    assert places(world, user) == ({"hall ada", "hall unknown", "vault ada", "vault unknown"},) * 2


def test_somebody_limited_to_an_empty_group_sees_unknown_faces_only(world: World, viewer: User) -> None:
    world.limit_people(viewer)
    PersonLimit.objects.update(group=PersonGroup.objects.create(name="Empty"))
    user = fresh(viewer)
    assert places(world, user) == ({"hall unknown", "vault unknown"},) * 2
    assert {each.person for each in Detection.objects.visible_to(user)} == {None}


def test_both_limits_hold_together(world: World, viewer: User) -> None:
    world.limit_cameras(viewer)
    world.limit_people(viewer)
    assert places(world, fresh(viewer)) == ({"hall ada", "hall unknown"},) * 2


def test_a_key_is_limited_by_its_own_rows_and_by_its_owners(world: World, viewer: User) -> None:
    key, _ = a_key(viewer)
    world.limit_people(key=key)
    world.limit_cameras(viewer)
    assert places(world, bearer(key))[0] == {"hall ada", "hall unknown"}
    CameraLimit.objects.create(group=CameraGroup.objects.create(name="Cellar"), key=key)
    assert cameras(bearer(key)) == set()


def test_a_superuser_is_never_limited_but_their_key_may_be(world: World, operator: User) -> None:
    key, _ = a_key(operator)
    world.limit_cameras(operator)
    assert cameras(fresh(operator)) == cameras(bearer(key)) == {"hall", "vault"}
    world.limit_cameras(key=key)
    assert cameras(bearer(key)) == {"hall"}


def test_a_group_without_cameras_shows_none_and_a_passer_by_sees_none(world: World, viewer: User) -> None:
    CameraLimit.objects.create(group=CameraGroup.objects.create(name="Empty"), user=viewer)
    assert cameras(fresh(viewer)) == set()
    assert not Camera.objects.within_limits_of(AnonymousUser()).exists()


def test_a_camera_in_two_groups_is_shown_once(world: World, viewer: User) -> None:
    world.limit_cameras(viewer)
    other = CameraGroup.objects.create(name="Other")
    other.cameras.add(world.hall)
    CameraLimit.objects.create(group=other, user=viewer)
    assert list(Camera.objects.visible_to(fresh(viewer))) == [world.hall]


def test_a_limited_person_may_send_to_their_cameras_alone(world: World, viewer: User) -> None:
    Camera.objects.update(source=BROWSER)
    viewer.user_permissions.add(Permission.objects.get(codename="send_to_camera"))
    world.limit_cameras(viewer)
    assert set(Camera.objects.sendable_by(fresh(viewer))) == {world.hall}


def test_what_others_were_measured_by_is_withheld(world: World, viewer: User) -> None:
    world.limit_people(viewer)
    user = fresh(viewer)
    unknown = Sighting.objects.visible_to(user).get(pk=world.sightings["hall unknown"].pk)
    assert (unknown.distance, unknown.margin, unknown.withheld) == (None, None, True)
    known = Sighting.objects.visible_to(user).get(pk=world.sightings["hall ada"].pk)
    assert (known.distance, known.margin, known.withheld) == (0.32, None, False)
    near_bob, near_ada = (
        Detection.objects.visible_to(user).select_related("person").get(pk=world.detections[f"{place} unknown"].pk)
        for place in ("hall", "vault")
    )
    assert (near_bob.person, near_bob.distance, near_bob.margin, near_bob.withheld) == (None, None, None, True)
    assert (near_ada.person, near_ada.distance, near_ada.margin, near_ada.withheld) == (world.ada, 0.71, None, False)


def test_a_look_that_named_a_hidden_person_is_hidden_and_is_no_snapshot(world: World, viewer: User) -> None:
    """The sighting was decided for Ada; one look at it said Bob, and it is the best picture."""
    world.limit_people(viewer)
    look = world.detections["hall ada"]
    other = Detection.objects.get(pk=look.pk)
    other.pk, other.person, other.quality = world.sightings["vault bob"].pk, world.bob, 0.99
    other.save(force_insert=True)
    user = fresh(viewer)
    assert not Detection.objects.visible_to(user).filter(pk=other.pk).exists()
    of_ada = {"pk": world.sightings["hall ada"].pk}
    assert Sighting.objects.visible_to(user).with_snapshot(user).get(**of_ada).snapshot_id == look.pk  # type: ignore[attr-defined]
    assert Detection.objects.filter(pk=other.pk).exists()


def test_limits_are_read_once_with_a_user(world: World, viewer: User) -> None:
    world.limit_cameras(viewer)
    world.limit_people(viewer)
    user = fresh(viewer)
    with CaptureQueriesContext(connection) as captured:
        places(world, user), cameras(user)
    read = [query["sql"] for query in captured if "streams_cameralimit" in query["sql"]]
    assert len(read) == 1


def test_a_camera_made_by_somebody_limited_comes_into_all_their_groups(world: World, viewer: User) -> None:
    key, _ = a_key(viewer)
    world.limit_cameras(viewer)
    cellar = CameraGroup.objects.create(name="Cellar")
    CameraLimit.objects.create(group=cellar, key=key)
    made = save_camera(camera=Camera(name="Yard", slug="yard", source="0"), by=bearer(key))
    assert cameras(bearer(key)) == {"yard"}
    assert set(made.groups.values_list("name", flat=True)) == {"Ground floor", "Cellar"}


def test_a_changed_camera_stays_in_its_groups(world: World, viewer: User) -> None:
    other = CameraGroup.objects.create(name="Other")
    CameraLimit.objects.create(group=other, user=viewer)
    world.limit_cameras(viewer)
    world.hall.name = "Great hall"
    save_camera(camera=world.hall, by=fresh(viewer))
    assert set(world.hall.groups.values_list("name", flat=True)) == {"Ground floor"}


def test_a_group_in_use_cannot_be_deleted(world: World, viewer: User) -> None:
    world.limit_cameras(viewer)
    with pytest.raises(ProtectedError):
        CameraGroup.objects.all().delete()


@pytest.mark.parametrize("both", [True, False])
def test_a_limit_is_of_a_user_or_of_a_key(world: World, viewer: User, both: bool) -> None:
    key, _ = a_key(viewer)
    owners: dict[str, Any] = {"user": viewer, "key": key} if both else {}
    with pytest.raises(IntegrityError, match="cameralimit_of_one"), transaction.atomic():
        CameraLimit.objects.create(group=world.group_of_the_hall(), **owners)
