"""Where limits hold: every page, address of the API, stream and admin page of the cameras' app, as written tables.

Sockets and the MJPEG stream: tests/streams/live/test_limits.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from streams import urls
from streams.pipeline.sources.addresses import BROWSER
from streams.records.alert import Alert
from streams.records.camera import Camera, CameraStatus
from streams.records.rule import Rule
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting
from streams.records.stranger import Stranger
from streams.strangers.actions import ACTIONS
from streams.wire.cache import shared_cache
from streams.wire.newest_pictures import Annotated
from tests.api import client_of
from tests.facesite.api.test_rights import ROWS
from tests.streams.alerting_rows import a_rule, an_alert
from tests.streams.limited import World, a_key
from tests.streams.pages.rows import a_detection, a_sighting
from tests.streams.pages.scripted_socket import face, frame

ACTORS = ("free", "cameras", "people", "both")
"""Nobody limits the first; the others see the hall's cameras alone, Ada alone, or both."""

# One of the two cameras, or what it saw of Ada, Bob, or an unknown face.
PAGES = """
                                              free cameras people both
/cameras/{vault}/                             200  404     200    404
/cameras/{hall}/                              200  200     200    200
/cameras/{vault}/send/                        200  404     200    404
/cameras/{hall}/send/                         200  200     200    200
/sightings/{hall ada}/                        200  200     200    200
/sightings/{hall bob}/                        200  200     404    404
/sightings/{vault ada}/                       200  404     200    404
/sightings/{vault bob}/                       200  404     404    404
/sightings/{vault unknown}/                   200  404     200    404
/sightings/{hall ada}/correct/                200  200     200    200
/sightings/{hall bob}/correct/                200  200     404    404
/sightings/{vault ada}/correct/               200  404     200    404
/edits/                                       200  200     200    200
/media/detections/{hall ada}/                 200  200     200    200
/media/detections/{hall bob}/                 200  200     404    404
/media/detections/{vault ada}/                200  404     200    404
/media/detections/{hall unknown}/             200  200     200    200
/media/detections/{hall ada}/frame/           200  200     404    404
/media/detections/{hall ada}/clip/            200  200     404    404
/media/detections/{vault ada}/frame/          200  404     404    404
/media/detections/{vault ada}/clip/           200  404     404    404
/media/detections/{hall unknown}/frame/       200  200     404    404
/media/detections/{hall unknown}/clip/        200  200     404    404
/sightings/?person={bob}                      200  200     400    400
/sightings/?person={ada}                      200  200     200    200
/sightings/?camera={vault}                    200  400     200    400
/sightings/attendance/?person={bob}           200  200     400    400
/people/{ada}/                                200  200     200    200
/people/{bob}/                                200  200     404    404
/strangers/{no mixed}/                        200  200     200    200
/strangers/{no named bob}/                    200  200     404    404
/strangers/{no of the vault}/                 200  404     200    404
/strangers/?camera={vault}                    200  400     200    400
/alerts/{hall ada}/                           200  200     200    200
/alerts/{hall bob}/                           200  200     404    404
/alerts/{vault ada}/                          200  404     200    404
/alerts/?camera={vault}                       200  400     200    400
/alerts/?rule={rule of the vault}             200  400     200    400
/rules/{rule of the hall}/                    200  200     200    200
/rules/{rule of the vault}/                   200  404     200    404
/rules/{rule of bob}/                         200  404     404    404
"""
# A limited key is "both".
API = """
                                              free cameras people both
GET    /cameras/{vault}/                      200  404     200    404
PUT    /cameras/{vault}/                      200  404     200    404
PATCH  /cameras/{vault}/                      200  404     200    404
DELETE /cameras/{vault}/                      409  404     409    404
DELETE /cameras/{vault}/?with_sightings=true  204  404     409    404
GET    /cameras/{vault}/snapshot/             200  404     200    404
GET    /cameras/{vault}/snapshot/?boxes=true  200  404     200    404
GET    /cameras/{hall}/                       200  200     200    200
GET    /sightings/{hall ada}/                 200  200     200    200
GET    /sightings/{hall bob}/                 200  200     404    404
GET    /sightings/{vault ada}/                200  404     200    404
GET    /sightings/{vault unknown}/            200  404     200    404
POST   /sightings/{hall ada}/correct/         200  200     200    200
POST   /sightings/{hall bob}/correct/         200  200     404    404
POST   /sightings/{vault ada}/correct/        200  404     200    404
POST   /sightings/{vault unknown}/correct/    200  404     200    404
GET    /edits/?sighting={vault bob}           200  200     200    200
GET    /strangers/{mixed}/                    200  200     200    200
GET    /strangers/{named bob}/                200  200     404    404
GET    /strangers/{of the vault}/             200  404     200    404
GET    /strangers/?camera={vault}             200  400     200    400
POST   /strangers/{of the vault}/ignore/      409  404     409    404
POST   /strangers/{named bob}/forget/         409  409     404    404
POST   /strangers/{mixed}/ignore/             200  200     200    200
POST   /strangers/{mixed}/forget/             200  200     200    200
GET    /detections/{hall ada}/                200  200     200    200
GET    /detections/{hall bob}/                200  200     404    404
GET    /detections/{vault ada}/               200  404     200    404
GET    /detections/{hall bob}/snapshot/       200  200     404    404
GET    /detections/{vault ada}/snapshot/      200  404     200    404
GET    /detections/{hall unknown}/snapshot/   200  200     200    200
GET    /detections/{hall ada}/frame/          200  200     404    404
GET    /detections/{hall ada}/clip/           200  200     404    404
GET    /detections/{vault ada}/frame/         200  404     404    404
GET    /detections/{vault ada}/clip/          200  404     404    404
GET    /detections/{hall unknown}/frame/      200  200     404    404
GET    /detections/{hall unknown}/clip/       200  200     404    404
GET    /detections/{hall bob}/links/          200  200     404    404
GET    /detections/{vault ada}/links/         200  404     200    404
GET    /reports/attendance/?camera={vault}    200  400     200    400
GET    /reports/attendance/?person={bob}      200  200     400    400
GET    /sightings/?camera={vault}             200  400     200    400
GET    /alerts/{hall bob}/                    200  200     404    404
GET    /alerts/{vault ada}/                   200  404     200    404
POST   /alerts/{hall bob}/acknowledge/        200  200     404    404
POST   /alerts/{vault ada}/close/             400  404     400    404
POST   /alerts/{vault ada}/note/              400  404     400    404
GET    /alerts/?camera={vault}                200  400     200    400
GET    /alerts/?rule={rule of bob}            200  400     400    400
GET    /rules/{rule of the vault}/            200  404     200    404
GET    /rules/{rule of bob}/                  200  404     404    404
PATCH  /rules/{rule of the vault}/            400  404     400    404
DELETE /rules/{rule of bob}/                  204  404     404    404
GET    /sightings/csv/?camera={vault}         200  400     200    400
GET    /detections/?camera={vault}            200  400     200    400
"""
# 302: Django's admin says on its first page that there is no such thing.
ADMIN = """
                                              free cameras people both
camera/{vault}/change/                        200  302     200    302
camera/{vault}/history/                       200  302     200    302
camera/{vault}/delete/                        200  302     200    302
camera/{vault}/picture/                       200  404     200    404
camera/{hall}/change/                         200  200     200    200
camera/liveness/                              200  200     200    200
sighting/{hall bob}/change/                   200  200     302    302
sighting/{hall bob}/history/                  200  200     302    302
sighting/{hall bob}/delete/                   200  200     302    302
sighting/{vault ada}/change/                  200  302     200    302
sighting/{hall ada}/change/                   200  200     200    200
detection/{hall bob}/change/                  200  200     302    302
detection/{hall bob}/history/                 200  200     302    302
detection/{hall bob}/delete/                  200  200     302    302
detection/{vault ada}/change/                 200  302     200    302
detection/{hall unknown}/change/              200  200     200    200
searchlog/{search}/change/                    200  302     302    302
searchlog/{search}/history/                   200  302     302    302
cameragroup/                                  200  403     200    403
cameragroup/add/                              200  403     200    403
cameragroup/{group}/change/                   200  403     200    403
cameragroup/{group}/delete/                   200  403     200    403
cameragroup/{group}/history/                  200  403     200    403
"""
LISTS = (
    "/", "/arrange/", "/presence/", "/presence/roll-call/", "/api/v1/presence/",
    "/strangers/", "/api/v1/strangers/", "/sightings/", "/sightings/?name=o", "/sightings/search/",
    "/alerts/", "/rules/", "/api/v1/alerts/", "/api/v1/rules/",
    "/api/v1/cameras/", "/api/v1/sightings/", "/api/v1/detections/",
    "/strangers/csv/", "/api/v1/strangers/csv/", "/edits/csv/",
    "/sightings/csv/", "/api/v1/cameras/csv/", "/admin/streams/camera/csv/", "/admin/streams/sighting/csv/",
    "/admin/streams/detection/csv/", "/admin/streams/searchlog/csv/", "/cases/", "/cases/new/", "/api/v1/cases/",
    "/api/v1/sightings/csv/", "/api/v1/detections/csv/", "/api/v1/live/", "/sightings/attendance/?from=2026-03-01",
    "/api/v1/reports/attendance/?from=2026-03-01", "/api/v1/reports/attendance/csv/?from=2026-03-01",
    "/admin/streams/camera/", "/admin/streams/camera/liveness/", "/admin/streams/sighting/",
    "/admin/streams/detection/",
    "/admin/streams/detection/?q=Bob", "/admin/streams/searchlog/",
    "/admin/autocomplete/?app_label=streams&model_name=cameragroup&field_name=cameras",
)  # fmt: skip
# What is covered elsewhere, or shows nothing of cameras and people.
OURS = ("alerts", "cameras", "detections", "live", "reports", "rules", "sightings", "strangers")
# Below, in tests/streams/live/test_limits.py, tests/streams/searching/test_search.py and tests/streams/strangers/.
TESTED_ALONE = {
    ("POST", "/cameras/"), ("POST", "/cameras/search/"), ("POST", "/cameras/test/"), ("POST", "/sightings/search/"),
    ("GET", "/sightings/search/csv/"), ("POST", "/sightings/search/csv/"),  # tests/streams/searching/test_csv_export.py
    ("GET", "/edits/{}/undo/"),  # takes posts alone: tests/streams/correcting/test_undoing.py
    # nobody limited reads the audit: tests/streams/auditors
    ("GET", "/audit/"), ("GET", "/audit/{}/"), ("GET", "/audit/csv/"), ("GET", "/audit/use/"),
    # nobody limited erases anybody or answers access requests: tests/streams/erasing and tests/streams/access_requests
    ("GET", "/erasures/"), ("GET", "/erasures/{}/"), ("GET", "/erasures/{}/certificate/"),
    ("GET", "/erasures/{}/certificate/pdf/"), ("GET", "/people/{}/erase/"), ("GET", "/people/{}/access/"),
    ("GET", "/access-requests/"), ("GET", "/access-requests/{}/"), ("GET", "/access-requests/{}/fetch/"),
    ("GET", "/access-requests/{}/delete/"),
    ("GET", "/privacy/"),  # the same for everybody: tests/streams/keeping/test_public.py
    ("GET", "/cameras/{}/live.mjpeg"), ("GET", "/media/detections/by-link/{}"),
    *((method, f"/strangers/{{}}/{what}/") for method in ("GET", "POST") for what in ACTIONS),
    ("GET", "/arrange/group/"), ("GET", "/arrange/full-screen/"),  # posts alone: tests/streams/pages/test_arranging.py
    # tests/streams/alerts: posts alone, or a form that offers what one may see
    ("GET", "/alerts/{}/acknowledge/"), ("GET", "/alerts/{}/close/"), ("GET", "/alerts/{}/note/"),
    # tests/streams/watching: what is limited, and posts alone
    ("GET", "/watchlists/{}/"), ("GET", "/watchlists/{}/{}/revive/"), ("GET", "/proposals/"),
    ("GET", "/proposals/new/"), *(("GET", f"/proposals/{{}}/{what}/") for what in ("confirm", "refuse", "withdraw")),
    # tests/streams/alerts/test_report.py
    ("GET", "/alerts/report/"), ("GET", "/reports/alerts/"), ("GET", "/reports/alerts/csv/"),
    ("GET", "/rules/new/"), ("GET", "/rules/{}/switch/"), ("GET", "/rules/{}/delete/"),
    ("POST", "/rules/"), ("POST", "/rules/preview/"), ("PUT", "/rules/{}/"),
    # tests/streams/cases and tests/streams/videos: of whom they are, and what they show
    ("GET", "/cases/{}/"), ("GET", "/cases/{}/fetch/"), ("GET", "/cases/{}/delete/"), ("GET", "/cases/keys/"),
    ("GET", "/videos/"), ("GET", "/videos/add/"), ("GET", "/videos/{}/"), ("GET", "/videos/{}/csv/"),
    ("GET", "/videos/{}/delete/"), ("GET", "/media/videos/{}/"), ("GET", "/media/video-faces/{}/"),
    ("GET", "/videos/faces/{}/correct/"),  # tests/streams/videos/test_correcting.py
}  # fmt: skip
OTHER_ADMIN_PAGES = {
    "searchlog_add", "searchlog_delete",  # 403 for everybody
    "camera_add", "camera_try", "camera_trial", "camera_trial_seen",  # below, and test_trials.py: of the user who asks
    "camera_search", "camera_found",  # test_searches.py: shows no row
    "sighting_add", "detection_add",  # 403 for everybody
    "case_add", "case_delete", "video_add", "video_delete",  # 403 for everybody
    "case_changelist", "case_change", "case_history", "case_csv",  # within_limits_of: one's own
    "video_changelist", "video_change", "video_history",
    # tests/streams/admin/test_channels.py: within_limits_of
    "channel_changelist", "channel_add", "channel_change", "channel_delete", "channel_history", "channel_test",
    "channel_signing_key", "channel_old_signing_key", "delivery_changelist", "delivery_change", "delivery_history",
    "delivery_add", "delivery_delete",  # 403 for everybody
    "camera_csv", "sighting_csv", "detection_csv", "searchlog_csv",  # LISTS
}  # fmt: skip


# Of both cameras, of a person whom few may see, and of a camera that few may see.
STRANGERS = {"mixed": 1001, "named bob": 1002, "of the vault": 1003}


def rows(table: str) -> Iterator[tuple[str, list[int]]]:
    """What each line asks for, and the status for each of ACTORS."""
    for line in table.strip().splitlines()[1:]:
        what, *statuses = line.rsplit(maxsplit=len(ACTORS))
        yield what, [int(status) for status in statuses]


@pytest.fixture
def chief(db: None) -> User:
    """Has every right, and is no superuser."""
    user = User.objects.create_user("chief", password="chief", is_staff=True)
    user.user_permissions.set(Permission.objects.all())
    return user


@pytest.fixture
def world(media: Path, chief: User) -> World:
    made = World.made()
    Camera.objects.update(source=BROWSER)
    made.group_of_the_hall()
    Sighting.objects.update(ended_at=None)
    for number, person, seen in (
        (1001, None, ["hall unknown", "vault unknown"]),
        (1002, made.bob, ["hall bob", "vault bob"]),
        (1003, made.ada, ["vault ada"]),
    ):
        times = {"first_seen_at": timezone.now(), "last_seen_at": timezone.now(), "sightings": len(seen)}
        state = "named" if person else "open"
        stranger = Stranger.objects.create(number=number, person=person, state=state, **times)
        Sighting.objects.filter(pk__in=[made.sightings[name].pk for name in seen]).update(stranger=stranger)
    SearchLog.objects.create(
        who="Somebody else", sighting=made.sightings["vault bob"].pk, within=0.5, searched=1, found=1,
        filters={"camera": "Vault", "person": str(made.bob.pk)},
    )  # fmt: skip
    now = timezone.now()
    for camera in (made.hall, made.vault):
        lease = {"lease_holder": "worker", "lease_expires_at": now + timedelta(minutes=1)}
        CameraStatus.objects.create(camera=camera, state="live", heartbeat_at=now, last_frame_at=now, **lease)
        bob = {**face("Bob Hidden", "match", (100, 100, 200, 200)), "person": {"id": str(made.bob.pk), "name": "Bob"}}
        shared_cache().set(f"frame:{camera.pk}", frame(faces=[bob]), 60)
        shared_cache().set(f"annotated:{camera.pk}", Annotated(1, b"with every name burnt in", 3.0), 60)
    make_alerts(made)
    return made


def make_alerts(made: World) -> None:
    """An alert of each sighting, called as it is, and rules about one of the cameras, and about Bob."""
    for name, sighting in made.sightings.items():
        kind = "unknown" if sighting.person is None else "person"
        an_alert(camera=sighting.camera, kind=kind, person=sighting.person, sighting=sighting, subject=name)
    for camera, name in ((made.hall, "rule of the hall"), (made.vault, "rule of the vault")):
        a_rule(name, everywhere=False).cameras.add(camera)
    a_rule("rule of bob", kind="person", person=made.bob)


@pytest.fixture
def limited(who: str, world: World, chief: User) -> User:
    if who in ("cameras", "both"):
        world.limit_cameras(chief)
    if who in ("people", "both"):
        world.limit_people(chief)
    return chief


@pytest.fixture
def browser(limited: User, client: Client) -> Client:
    client.force_login(limited)
    return client


def client_with_key(world: World, owner: User) -> APIClient:
    """Of a key that is limited to the hall and to Ada, as its owner is not."""
    key, text = a_key(owner)
    world.limit_cameras(key=key)
    world.limit_people(key=key)
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=text)
    return client


Fill = Callable[[str], str]


def filling(world: World, kind: str = "slug") -> Fill:
    """Puts ids in place of names into a path; of detections where it speaks of them. Reads the ids once: 8 queries."""
    names = {rule.name: str(rule.pk) for rule in Rule.objects.all()}
    names |= {camera.slug: str(getattr(camera, kind)) for camera in (world.hall, world.vault)}
    names |= {"ada": str(world.ada.pk), "bob": str(world.bob.pk), "group": str(world.group_of_the_hall().pk)}
    names |= {name: str(Stranger.objects.get(number=number).pk) for name, number in STRANGERS.items()}
    names |= {f"no {name}": str(number) for name, number in STRANGERS.items()}
    names["search"] = str(SearchLog.objects.get().pk)
    alerts = {alert.subject: str(alert.pk) for alert in Alert.objects.all()}
    sightings, detections = (
        {name: str(row.pk) for name, row in evidence.items()} for evidence in (world.sightings, world.detections)
    )

    def fill(path: str) -> str:
        evidence = alerts if "/alerts/" in path else detections if "detection" in path else sightings
        return path.format(**(names | evidence))

    return fill


@pytest.mark.parametrize("who", ACTORS)
def test_the_table_of_pages_holds(who: str, world: World, browser: Client) -> None:
    wrong, fill = [], filling(world)
    for path, statuses in rows(PAGES):
        status = browser.get(fill(path)).status_code
        if status != statuses[ACTORS.index(who)]:
            wrong.append((path, status))
    assert not wrong


def check_api(world: World, client: APIClient, who: str) -> list[Any]:
    wrong, fill = [], filling(world)
    for line, statuses in rows(API):
        method, path = line.split(maxsplit=1)
        body: Any = {"name": "Vault", "slug": "vault", "source": BROWSER} if method in ("PUT", "PATCH") else None
        body = {"no_face": True} if path.endswith("/correct/") else body
        with transaction.atomic():
            status = getattr(client, method.lower())(f"/api/v1{fill(path)}", body, format="json").status_code
            transaction.set_rollback(True)
        if status != statuses[ACTORS.index(who)]:
            wrong.append((line, status))
    return wrong


@pytest.mark.parametrize("who", ACTORS)
def test_the_table_of_the_api_holds(who: str, world: World, limited: User) -> None:
    assert not check_api(world, client_of(limited), who)


def test_the_table_of_the_api_holds_for_a_limited_key(world: World, chief: User) -> None:
    assert not check_api(world, client_with_key(world, chief), "both")


@pytest.mark.parametrize("who", ACTORS)
def test_the_table_of_the_admin_holds(who: str, world: World, browser: Client) -> None:
    wrong, fill = [], filling(world, "pk")
    for path, statuses in rows(ADMIN):
        status = browser.get(f"/admin/streams/{fill(path)}").status_code
        if status != statuses[ACTORS.index(who)]:
            wrong.append((path, status))
    assert not wrong


def beyond(world: World, who: str) -> list[str]:
    """What must stand nowhere for `who`."""
    traces = []
    if who in ("cameras", "both"):
        traces += ["Vault", *(str(row.pk) for name, row in world.sightings.items() if "vault" in name)]
        traces += [str(row.pk) for name, row in world.detections.items() if "vault" in name]
    if who in ("people", "both"):
        traces += ["Bob Hidden", str(world.bob.pk)]
        traces += [str(row.pk) for name, row in world.sightings.items() if "bob" in name]
        traces += [str(row.pk) for name, row in world.detections.items() if "bob" in name]
    return traces


@pytest.mark.parametrize("who", ACTORS[1:])
def test_lists_hold_nothing_beyond_the_limits(who: str, world: World, browser: Client) -> None:
    for path in LISTS:
        said = browser.get(path).getvalue().decode()
        assert [trace for trace in beyond(world, who) if trace in said] == [], path


@pytest.mark.parametrize("who", ["both"])
@pytest.mark.parametrize("kind", ["cameras", "sightings", "detections"])
def test_the_apis_own_pages_offer_nothing_beyond_the_limits(kind: str, world: World, browser: Client) -> None:
    page = browser.get(f"/api/v1/{kind}/", headers={"Accept": "text/html"})
    assert page["Content-Type"].startswith("text/html") and "Hall" in page.content.decode()
    assert [trace for trace in beyond(world, "both") if trace in page.content.decode()] == []


def test_lists_hold_nothing_beyond_the_limits_of_a_key(world: World, chief: User) -> None:
    client = client_with_key(world, chief)
    for path in LISTS:
        if path.startswith("/api/"):
            said = client.get(path).getvalue().decode()
            assert [trace for trace in beyond(world, "both") if trace in said] == [], path


@pytest.mark.parametrize("who", ["free"])
def test_lists_show_an_unlimited_user_everything(world: World, browser: Client) -> None:
    """The traces that are looked for above are there to be found."""
    said = "".join(browser.get(path).getvalue().decode() for path in LISTS)
    assert [trace for who in ACTORS for trace in beyond(world, who) if trace not in said] == []


@pytest.mark.parametrize(("who", "sightings"), [("free", 6), ("cameras", 3), ("people", 4), ("both", 2)])
def test_counts_are_of_what_one_may_see(who: str, sightings: int, world: World, browser: Client, chief: User) -> None:
    assert len(client_of(chief).get("/api/v1/sightings/").data["results"]) == sightings
    assert len(client_of(chief).get("/api/v1/sightings/csv/").getvalue().decode().splitlines()) == sightings + 1
    for model in ("sighting", "detection"):
        assert browser.get(f"/admin/streams/{model}/").context["cl"].result_count == sightings


@pytest.mark.parametrize(("who", "near"), [("free", 2), ("people", 0)])
def test_nobody_is_found_by_a_distance_that_is_withheld(who: str, near: int, world: World, limited: User) -> None:
    answer = client_of(limited).get("/api/v1/sightings/?closer_than=1&verdict=unknown")
    assert len(answer.data["results"]) == near


@pytest.mark.parametrize(("who", "status"), [("free", 409), ("cameras", 400), ("people", 400)])
def test_nobody_searches_by_a_sighting_beyond_their_limits(
    who: str, status: int, world: World, browser: Client
) -> None:
    """409: nothing is kept that it could be searched by."""
    hidden = world.sightings["vault bob"].pk
    assert browser.post("/sightings/search/", {"sighting": hidden}).status_code == status


@pytest.mark.parametrize("who", ["people"])
def test_a_withheld_distance_is_explained_on_the_page_and_over_the_api(
    world: World, browser: Client, limited: User
) -> None:
    unknown = world.sightings["hall unknown"].pk
    page = browser.get(f"/sightings/{unknown}/").content.decode()
    assert "How near others were is not shown to you." in page and "0.71" not in page and "Bob" not in page
    asked = browser.get(f"/admin/streams/sighting/{unknown}/change/").content.decode()
    assert "nobody to compare with" not in page + asked and "0.71" not in asked and "Bob" not in asked
    said = client_of(limited).get(f"/api/v1/sightings/{unknown}/").json()
    assert (said["distance"], said["margin"]) == (None, None) and "not shown to you" in said["explanation"]
    looked = client_of(limited).get(f"/api/v1/detections/{world.detections['hall unknown'].pk}/").json()
    assert (looked["nearest_person"], looked["distance"], looked["margin"]) == (None, None, None)


@pytest.mark.parametrize("who", ["people"])
@pytest.mark.parametrize("model", ["sighting", "detection"])
def test_the_admin_neither_shows_nor_sorts_by_what_is_withheld(model: str, world: World, browser: Client) -> None:
    page = browser.get(f"/admin/streams/{model}/")
    assert {"distance", "closeness"}.isdisjoint(page.context["cl"].list_display)
    assert "0.71" not in page.content.decode() or model == "detection"  # in the vault the nearest is Ada


@pytest.mark.parametrize("who", ["people"])
def test_what_keeps_a_camera_from_being_deleted_is_not_listed_to_the_limited(world: World, browser: Client) -> None:
    page = browser.get(f"/admin/streams/camera/{world.hall.pk}/delete/").content.decode()
    assert "switch the camera off instead" in page and str(world.sightings["hall bob"].pk) not in page


@pytest.mark.parametrize("who", ["cameras"])
def test_a_hidden_camera_is_neither_switched_nor_tried_nor_deleted(
    world: World, browser: Client, limited: User
) -> None:
    chosen = {"_selected_action": [world.vault.pk, world.hall.pk]}
    browser.post("/admin/streams/camera/", {"action": "switch_off", **chosen})
    assert set(Camera.objects.filter(enabled=True)) == {world.vault}
    asked = browser.post("/admin/streams/camera/try/", {"camera": world.vault.pk, "source": "0"})
    assert asked.status_code == 404
    asked = client_of(limited).post("/api/v1/cameras/test/", {"camera": "vault"}, format="json")
    assert asked.status_code == 404
    browser.post("/admin/streams/camera/", {"action": "delete_selected", "post": "yes", **chosen})
    assert Camera.objects.filter(pk=world.vault.pk).exists()


def test_a_picture_with_boxes_is_drawn_for_whoever_may_not_know_everybody(world: World, chief: User) -> None:
    url = "/api/v1/cameras/hall/snapshot/?boxes=true"
    assert client_of(chief).get(url).content == b"with every name burnt in"
    world.limit_people(chief)
    assert client_of(chief).get(url).content.startswith(b"\xff\xd8")


def test_a_link_to_a_picture_ends_with_the_limit(world: World, chief: User, client: Client) -> None:
    links = client_of(chief).get(f"/api/v1/detections/{world.detections['vault bob'].pk}/links/").json()
    assert client.get(links["snapshot"]).status_code == 200
    world.limit_cameras(chief)
    assert client.get(links["snapshot"]).status_code == 404


@pytest.mark.parametrize("who", ["cameras"])
def test_the_page_of_hints_names_no_hidden_camera(world: World, browser: Client) -> None:
    Camera.objects.update(liveness_hint=True)
    page = browser.get("/admin/streams/camera/liveness/").content.decode()
    assert f"/camera/{world.hall.pk}/change/" in page and f"/camera/{world.vault.pk}/change/" not in page


@pytest.mark.parametrize("who", ["cameras"])
def test_a_camera_that_somebody_limited_adds_is_theirs(world: World, browser: Client, limited: User) -> None:
    yard = {"name": "Yard", "slug": "yard", "source": "0"}
    assert client_of(limited).post("/api/v1/cameras/", yard, format="json").status_code == 201
    numbers = {"analysis_fps": "8", "smallest_face_px": "80", "match_threshold": ""}
    numbers |= {
        "turn": "0",
        "role": "none",
        "strangers": "pictures",
        "transport": "automatic",
        "snapshot_seconds": "1",
        "decoding": "on_motion",
        "down_after_s": "0",
        "clip_seconds": "0",
    }
    browser.post(reverse("admin:streams_camera_add"), {"name": "Roof", "slug": "roof", "source": "0", **numbers})
    listed = client_of(limited).get("/api/v1/cameras/").json()["results"]
    assert {camera["slug"] for camera in listed} == {"hall", "roof", "yard"}


@pytest.mark.parametrize("who", ["both"])
@pytest.mark.parametrize(
    "path",
    ["/", "/sightings/", "/api/v1/sightings/", "/api/v1/detections/", "/admin/streams/sighting/",
     "/admin/streams/detection/"],
)  # fmt: skip
def test_more_rows_ask_the_database_no_more_often(path: str, world: World, browser: Client) -> None:
    browser.get(path)
    with CaptureQueriesContext(connection) as few:
        assert browser.get(path).status_code == 200
    for _ in range(6):
        a_detection(a_sighting(world.hall, world.ada))
        a_detection(a_sighting(world.hall), person=world.bob)
    with CaptureQueriesContext(connection) as many:
        browser.get(path)
    assert len(many) == len(few)


def test_the_tables_name_every_page_and_every_address() -> None:
    named = {("GET", path) for path in LISTS} | {("GET", path) for path, _ in rows(PAGES)}
    named |= {(method, f"/api/v1{path}") for method, path in (line.split(maxsplit=1) for line, _ in rows(API))}
    plain = {(method, re.sub("{.*?}", "{}", path.partition("?")[0])) for method, path in named}
    tested = {(method, path.removeprefix("/api/v1")) for method, path in plain} | TESTED_ALONE
    pages = {("GET", f"/{re.sub('<.*?>', '{}', str(pattern.pattern))}") for pattern in urls.urlpatterns}
    offered = {(row[0], re.sub("{.*?}", "{}", row[1])) for row in ROWS if row[1].split("/")[1] in OURS}
    assert (pages | offered) - tested == set()


def test_the_tables_name_every_admin_page() -> None:
    named = {tuple(path.strip("/").replace("/", " ").split()) for path, _ in rows(ADMIN)}
    pages = {(words[0], words[-1]) for words in named}
    for model, model_admin in site._registry.items():
        if model._meta.app_label != "streams":
            continue
        for url in model_admin.get_urls():
            name = (url.name or "").removeprefix("streams_")
            kind, _, page = name.partition("_")
            if name and name not in OTHER_ADMIN_PAGES:
                listed = page == "changelist" and (f"/admin/streams/{kind}/" in LISTS or (kind, kind) in pages)
                assert listed or (kind, page) in pages, name
