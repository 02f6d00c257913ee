"""How a user arranges the live page: order, size, large and hidden cameras, groups, full screen; kept for each user."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from streams.records.arrangement import Arrangement
from streams.records.camera import CameraStatus
from streams.records.groups import CameraGroup
from tests.streams.limited import World
from tests.streams.pages.rows import a_camera

ARRANGE, GROUP, FULL_SCREEN = "/arrange/", "/arrange/group/", "/arrange/full-screen/"


@pytest.fixture
def guard(client: Client, viewer: User) -> Client:
    client.force_login(viewer)
    return client


def said(order: list[str], **fields: Any) -> dict[str, Any]:
    """The form as the page sends it: all cameras shown, none large."""
    return {"size": "automatic", "group": "", "order": order, "shown": order, **fields}


def cameras_of(client: Client, path: str = "/") -> list[str]:
    page = client.get(path).content.decode()
    found = re.findall(r'name="order" value="([\w-]+)"' if path == ARRANGE else r'data-camera="([\w-]+)"', page)
    return list(found)


def test_cameras_stand_by_name_until_somebody_arranges_them(guard: Client) -> None:
    for name in ("Yard", "Gate", "Hall"):
        a_camera(name)
    assert cameras_of(guard) == cameras_of(guard, ARRANGE) == ["gate", "hall", "yard"]
    assert not Arrangement.objects.exists()


def test_what_is_saved_holds_for_this_user_alone(guard: Client, operator: User) -> None:
    for name in ("Gate", "Hall", "Yard"):
        a_camera(name)
    answer = guard.post(ARRANGE, said(["yard", "gate", "hall"], shown=["yard", "gate"], large="gate", size="large"))
    assert (answer.status_code, answer["Location"]) == (302, "/")
    page = guard.get("/").content.decode()
    assert re.findall(r'data-camera="(\w+)".*data-large="(\w+)"', page) == [("yard", "no"), ("gate", "yes")]
    assert 'data-size="large" data-chosen' in page and "1 camera hidden by you" in page
    other = Client()
    other.force_login(operator)
    assert cameras_of(other) == ["gate", "hall", "yard"]


def test_a_step_moves_a_camera_by_one_and_leaves_the_focus_on_its_button(guard: Client) -> None:
    for name in ("Gate", "Hall", "Yard"):
        a_camera(name)
    for move, order in (("up yard", ["gate", "yard", "hall"]), ("up yard", ["yard", "gate", "hall"]),
                        ("up yard", ["yard", "gate", "hall"]), ("down yard", ["gate", "yard", "hall"])):  # fmt: skip
        answer = guard.post(ARRANGE, said(cameras_of(guard, ARRANGE), move=move), follow=True)
        assert cameras_of(guard, ARRANGE) == order
        assert re.findall(r'value="([\w ]+)" aria-label="Move Yard \w+" autofocus', answer.content.decode()) == [move]


def test_a_camera_that_comes_later_stands_behind_and_one_that_went_is_forgotten(guard: Client) -> None:
    a_camera("Yard")
    gate = a_camera("Gate")
    guard.post(ARRANGE, said(["yard", "gate", "nowhere"], move="up nowhere"))
    a_camera("Attic")
    gate.delete()
    assert cameras_of(guard) == ["yard", "attic"]


def test_cameras_that_are_off_or_down_are_lines_with_the_sentence_why(guard: Client) -> None:
    a_camera("Gate", enabled=False)
    down = a_camera("Hall")
    a_camera("Yard")
    CameraStatus.objects.create(camera=down, state="ended", reason="The file has ended.")
    page = guard.get("/").content.decode()
    pictures, _, lines = page.partition("data-camera-lines")
    assert re.findall(r'data-camera="([\w-]+)"', pictures) == ["yard"]
    assert re.findall(r'data-camera="([\w-]+)" data-state="(\w+)"', lines)[:2] == [("hall", "ended"), ("gate", "off")]
    assert "The file has ended." in lines


def test_one_group_is_shown_and_all_again(guard: Client) -> None:
    ground = CameraGroup.objects.create(name="Ground floor")
    CameraGroup.objects.create(name="Nothing in it")
    ground.cameras.add(a_camera("Hall"))
    a_camera("Yard")
    page = guard.get("/").content.decode()
    assert "Ground floor" in page and "Nothing in it" not in page
    guard.post(GROUP, {"group": ground.pk})
    assert cameras_of(guard) == ["hall"]
    guard.post(GROUP, {"group": ""})
    assert cameras_of(guard) == ["hall", "yard"]


def test_a_group_that_is_deleted_shows_all_again(guard: Client) -> None:
    ground = CameraGroup.objects.create(name="Ground floor")
    ground.cameras.add(a_camera("Hall"))
    a_camera("Yard")
    guard.post(GROUP, {"group": ground.pk})
    ground.delete()
    assert cameras_of(guard) == ["hall", "yard"]


def test_the_groups_and_cameras_are_those_within_the_limits(guard: Client, viewer: User, media: Any) -> None:
    world = World.made()
    secret = CameraGroup.objects.create(name="Secret")
    secret.cameras.add(world.vault, world.hall)
    guard.post(ARRANGE, said(["vault", "hall"], group=secret.pk))
    assert cameras_of(guard) == ["vault", "hall"]
    world.limit_cameras(viewer)
    for path in ("/", ARRANGE):
        page = guard.get(path).content.decode()
        assert "Secret" not in page and "Vault" not in page
    assert cameras_of(guard) == ["hall"]
    answer = guard.post(ARRANGE, said(["vault", "hall"], group=secret.pk))
    assert answer.status_code == 400 and "Select a valid choice" in answer.content.decode()
    guard.post(ARRANGE, said(["vault", "hall"]))
    assert Arrangement.objects.get(user=viewer).order == [world.hall.pk]


@pytest.mark.parametrize("said_wrong", [{"size": "huge"}, {"group": "x"}, {"group": "99999999"}])
def test_a_form_that_names_what_is_not_there_is_told_so(guard: Client, said_wrong: dict[str, str]) -> None:
    a_camera("Hall")
    answer = guard.post(ARRANGE, said(["hall"], **said_wrong))
    assert answer.status_code == 400 and 'role="alert"' in answer.content.decode()
    assert not Arrangement.objects.exists()


def test_full_screen_is_kept(guard: Client, viewer: User) -> None:
    assert 'class="full-screen"' not in guard.get("/").content.decode()
    assert guard.post(FULL_SCREEN, {"on": "1"}, headers={"accept": "application/json"}).json() == {"on": True}
    page = guard.get("/").content.decode()
    assert 'class="full-screen"' in page and "Leave full screen" in page
    assert guard.post(FULL_SCREEN, {"on": "0"})["Location"] == "/"
    assert Arrangement.objects.get(user=viewer).is_full_screen is False


@pytest.mark.parametrize("path", [ARRANGE, GROUP, FULL_SCREEN])
def test_whoever_may_see_no_camera_arranges_nothing(client: Client, stranger: User, path: str) -> None:
    assert client.post(path).status_code == 302  # to the login
    client.force_login(stranger)
    assert client.post(path, said([])).status_code == 403
    assert not Arrangement.objects.exists()


def test_the_strip_is_for_whoever_may_see_who_is_here(guard: Client, viewer: User) -> None:
    assert "data-strip-list" in guard.get("/").content.decode()
    viewer.user_permissions.remove(Permission.objects.get(codename="view_presence"))
    assert "data-strip-list" not in guard.get("/").content.decode()


def test_the_live_page_takes_as_many_queries_for_many_cameras_as_for_few(guard: Client) -> None:
    counts = []
    for number in (2, 6):
        for each in range(number):
            camera = a_camera(f"Camera {number}{each}")
            CameraStatus.objects.create(camera=camera)
            CameraGroup.objects.create(name=f"Group {number}{each}").cameras.add(camera)
        for path in ("/", ARRANGE):
            with CaptureQueriesContext(connection) as captured:
                guard.get(path)
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
