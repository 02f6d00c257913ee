"""Pages, lists, files and sockets give exact distances to those who may read encodings, and limits to all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from people.accounts.distances import EXACT
from people.records.person import Person
from streams.live.sight import read_hello, read_sight
from streams.records.detection import Detection
from streams.records.sighting import Sighting
from streams.sightings.explanations import DistanceScale, explain, words_of
from tests.streams.pages.rows import a_camera, a_detection, a_sighting

EXACTLY = {"named": 0.287654, "perhaps": 0.523456, "nobody": 0.712345}
MARGIN = 0.134567
DIGITS = ("0.29", "0.2877", "0.28765", "0.52", "0.5235", "0.52345", "0.71", "0.7123", "0.71234", "0.13", "0.1346")


@pytest.fixture
def rows(db: None, media: object) -> dict[str, Sighting]:
    """A match, a review and an unknown face near Ada; limits 0.5 and 0.55."""
    ada, hall = Person.objects.create(name="Ada"), a_camera("Hall")
    verdicts = {"named": "match", "perhaps": "review", "nobody": "unknown"}
    made = {}
    for name, apart in EXACTLY.items():
        person = None if name == "nobody" else ada
        made[name] = a_sighting(hall, person, verdict=verdicts[name], distance=apart, margin=MARGIN)
        a_detection(made[name], person=ada)
    return made


@pytest.fixture
def of_role(db: None) -> Callable[..., User]:
    """Somebody of the site's own role, who may look at the admin, too."""

    def user(role: str) -> User:
        somebody = User.objects.create_user(f"the {role}", password="x", is_staff=True)
        somebody.groups.add(Group.objects.get(name=role))
        return User.objects.get(pk=somebody.pk)

    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses(rows: dict[str, Sighting]) -> list[str]:
    """Every address that shows a sighting or a detection."""
    found = [
        "/sightings/",
        "/sightings/csv/",
        "/admin/streams/sighting/csv/",
        "/api/v1/live/",
        "/admin/streams/sighting/",
        "/admin/streams/detection/",
    ]
    for kind in ("sightings", "detections"):
        found += [f"/api/v1/{kind}/", f"/api/v1/{kind}/csv/"]
    for sighting in rows.values():
        found += [f"/sightings/{sighting.pk}/", f"/api/v1/sightings/{sighting.pk}/"]
        found += [f"/admin/streams/sighting/{sighting.pk}/change/"]
    for detection in Detection.objects.all():
        found += [f"/api/v1/detections/{detection.pk}/", f"/admin/streams/detection/{detection.pk}/change/"]
    return found


def test_no_address_gives_an_exact_distance_to_somebody_without_the_right(
    rows: dict[str, Sighting], of_role: Callable[..., User]
) -> None:
    client = client_of(of_role("operator"))
    for address in addresses(rows):
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.getvalue().decode()
        assert [digits for digits in DIGITS if digits in text] == [], address


def test_an_administrator_reads_them_as_before(rows: dict[str, Sighting], of_role: Callable[..., User]) -> None:
    user = of_role("administrator")
    assert user.has_perm(EXACT)
    client = client_of(user)
    shown = client.get(f"/api/v1/sightings/{rows['named'].pk}/").json()
    assert (shown["distance"], shown["margin"]) == (EXACTLY["named"], MARGIN)
    assert "0.2877" in client.get("/api/v1/sightings/csv/").getvalue().decode()
    assert "0.29" in client.get(f"/sightings/{rows['named'].pk}/").content.decode()
    assert "0.71" in client.get(f"/admin/streams/sighting/{rows['nobody'].pk}/change/").content.decode()


def test_a_row_is_rounded_up_to_its_own_limits(rows: dict[str, Sighting], of_role: Callable[..., User]) -> None:
    client = client_of(of_role("viewer"))
    told = {name: client.get(f"/api/v1/sightings/{row.pk}/").json() for name, row in rows.items()}
    assert {name: each["distance"] for name, each in told.items()} == {"named": 0.5, "perhaps": 0.55, "nobody": 2}
    assert {each["margin"] for each in told.values()} == {None}
    assert told["named"]["explanation"] == "Ada, because the face is within the limit for a name, 0.50."


def test_whom_an_unknown_face_was_nearest_to_is_not_told(
    rows: dict[str, Sighting], of_role: Callable[..., User]
) -> None:
    """It would say on which side of the middle between two people the face lies."""
    detection = Detection.objects.get(sighting=rows["nobody"])
    viewer = client_of(of_role("viewer"))
    assert viewer.get(f"/api/v1/detections/{detection.pk}/").json()["nearest_person"] is None
    found = viewer.get("/admin/streams/detection/?q=Ada").content.decode()
    assert str(detection.pk) not in found and str(Detection.objects.get(sighting=rows["named"]).pk) in found
    exact = client_of(of_role("administrator")).get(f"/api/v1/detections/{detection.pk}/").json()
    assert exact["nearest_person"]["name"] == "Ada"


@pytest.mark.parametrize("kind", ["sightings", "detections"])
@pytest.mark.parametrize(
    ("closer_than", "rounded", "exact"),
    [("0.28", 0, 0), ("0.29", 0, 1), ("0.5", 0, 1), ("0.51", 1, 1), ("0.56", 2, 2), ("0.72", 2, 3), ("2", 2, 3)],
)
def test_halving_finds_no_exact_distance(
    kind: str, closer_than: str, rounded: int, exact: int, rows: dict[str, Sighting], of_role: Callable[..., User]
) -> None:
    def found(user: User) -> int:
        return len(client_of(user).get(f"/api/v1/{kind}/?closer_than={closer_than}").json()["results"])

    assert (found(of_role("viewer")), found(of_role("administrator"))) == (rounded, exact)


def test_the_admin_neither_sorts_nor_filters_by_a_distance_that_is_not_shown(
    rows: dict[str, Sighting], of_role: Callable[..., User]
) -> None:
    client = client_of(of_role("viewer"))
    for kind in ("sighting", "detection"):
        assert "column-closeness" not in client.get(f"/admin/streams/{kind}/").content.decode()
        assert client.get(f"/admin/streams/{kind}/?distance__lt=0.3").status_code != 200


def test_a_socket_greets_with_limits(rows: dict[str, Sighting], of_role: Callable[..., User]) -> None:
    user = of_role("viewer")
    sight = read_sight(user)
    assert sight is not None and not sight.exact
    told = {record["distance"] for record in read_hello(user, sight)["sightings"]}
    assert told == {0.5, 0.55, 2}
    administrator = of_role("administrator")
    sight = read_sight(administrator)
    assert sight is not None and sight.exact
    assert {record["distance"] for record in read_hello(administrator, sight)["sightings"]} == set(EXACTLY.values())


def test_the_words_and_the_scale_say_no_more_than_the_limit(
    rows: dict[str, Sighting], of_role: Callable[..., User]
) -> None:
    seen = Sighting.objects.visible_to(of_role("viewer"))
    words = {name: words_of(seen.get(pk=row.pk)) for name, row in rows.items()}
    assert words == {
        "named": "close",
        "perhaps": "near, but too far for a name",
        "nobody": "far from everybody enrolled",
    }
    assert explain(seen.get(pk=rows["nobody"].pk)) == (
        "Unknown: everybody enrolled is beyond the limit for a review, 0.55."
    )
    scale = DistanceScale.of(seen.get(pk=rows["nobody"].pk))
    assert (scale.face, scale.runner_up, scale.end) == (None, None, 0.8)


def test_more_rows_ask_the_database_no_more_often(
    rows: dict[str, Sighting], of_role: Callable[..., User], django_assert_num_queries: Any
) -> None:
    user = of_role("viewer")
    user.has_perm(EXACT)
    list(Detection.objects.visible_to(user))
    with django_assert_num_queries(1):
        assert {row.distance for row in Detection.objects.visible_to(user)} == {0.5, 0.55, 2}
