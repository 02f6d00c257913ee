"""One sighting's page: the evidence and the reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from people.records.person import Person
from streams.records.sighting import Sighting
from streams.sightings.explanations import DistanceScale, distance_words, explain, quality_words
from tests.streams.pages.rows import JPEG, WEBM, a_camera, a_detection, a_sighting


@pytest.fixture
def ada(db: None) -> Person:
    return Person.objects.create(name="Ada")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({}, "Ada, because the distance 0.32 is within the limit for a name, 0.50."),
        ({"verdict": "review", "distance": 0.53}, "Perhaps Ada: the distance 0.53 is beyond"),
        ({"verdict": "review", "distance": 0.48, "margin": 0.01}, "another person was almost as near"),
        ({"verdict": "unknown", "person": None, "distance": 0.71}, "the nearest person enrolled is 0.71 away"),
        ({"verdict": "unknown", "person": None, "distance": 0.4}, "did not agree on one person"),
        ({"verdict": "unknown", "person": None, "distance": None}, "Nobody was enrolled"),
    ],
)
def test_each_outcome_has_its_reason(ada: Person, fields: dict[str, Any], reason: str) -> None:
    fields = {"person": ada, **fields}
    person = fields.pop("person")
    assert reason in explain(a_sighting(a_camera(), person, **fields))


def test_the_page_shows_pictures_reason_numbers_and_ways_on(
    client: Client, viewer: User, media: Path, ada: Person
) -> None:
    sighting = a_sighting(a_camera(), ada)
    first, second = a_detection(sighting), a_detection(sighting, quality=0.3)
    client.force_login(viewer)
    page = client.get(reverse("sighting", args=[sighting.pk])).content.decode()
    for expected in (
        explain(sighting),
        reverse("detection_snapshot", args=[first.pk]),
        reverse("detection_snapshot", args=[second.pk]),
        reverse("camera", args=["front-door"]),
        "4 of 5 detections",
        "version 7",
        "poor picture",
    ):
        assert expected in page, expected


def test_a_picture_that_says_something_else_is_shown_with_a_remark(
    client: Client, viewer: User, media: Path, ada: Person
) -> None:
    sighting, bela = a_sighting(a_camera(), ada), Person.objects.create(name="Bela")
    a_detection(sighting, person=ada)
    client.force_login(viewer)
    address = reverse("sighting", args=[sighting.pk])
    assert "This picture alone says something else" not in client.get(address).content.decode()
    a_detection(sighting, person=bela)
    assert client.get(address).content.decode().count("This picture alone says something else") == 1


def test_the_whole_frame_is_shown_with_the_face_outlined_by_the_page(
    client: Client, viewer: User, media: Path, ada: Person
) -> None:
    sighting = a_sighting(a_camera(), ada)
    look = a_detection(sighting, frame=JPEG)
    client.force_login(viewer)
    page = client.get(reverse("sighting", args=[sighting.pk])).content.decode()
    assert reverse("detection_frame", args=[look.pk]) in page
    assert 'viewBox="0 0 640 360"' in page and 'x="10" y="10" width="80" height="80"' in page
    assert "The whole frame of the look that decided" in page


def test_a_whole_frame_of_another_look_says_so(client: Client, viewer: User, media: Path, ada: Person) -> None:
    sighting, bela = a_sighting(a_camera(), ada), Person.objects.create(name="Bela")
    a_detection(sighting)
    a_detection(sighting, person=bela, frame=JPEG)
    client.force_login(viewer)
    page = client.get(reverse("sighting", args=[sighting.pk])).content.decode()
    assert "The whole frame of another look" in page


def test_a_sighting_without_a_whole_frame_shows_none(client: Client, viewer: User, media: Path) -> None:
    sighting = a_sighting(a_camera())
    a_detection(sighting)
    client.force_login(viewer)
    assert "whole frame" not in client.get(reverse("sighting", args=[sighting.pk])).content.decode()


def test_a_clip_is_fetched_only_when_somebody_plays_it(client: Client, viewer: User, media: Path) -> None:
    look = a_detection(a_sighting(a_camera()), frame=JPEG, clip=WEBM)
    client.force_login(viewer)
    page = client.get(reverse("sighting", args=[look.sighting_id])).content.decode()
    assert '<video controls preload="none"' in page
    assert f'src="{reverse("detection_clip", args=[look.pk])}"' in page


@pytest.mark.parametrize(
    ("camera", "sighting", "is_said"),
    [
        ({"clip_seconds": 6}, {}, True),
        ({"clip_seconds": 6}, {"ended_at": None}, False),  # it may still come
        ({"clip_seconds": 6, "strangers": "numbers"}, {}, False),
        ({}, {}, False),
    ],
)
def test_that_there_is_no_clip_is_said_where_one_could_be_expected(
    client: Client, viewer: User, media: Path, camera: dict[str, Any], sighting: dict[str, Any], is_said: bool
) -> None:
    look = a_detection(a_sighting(a_camera(**camera), **sighting))
    client.force_login(viewer)
    page = client.get(reverse("sighting", args=[look.sighting_id])).content.decode()
    assert ("There is no clip: too few pictures" in page) == is_said


def test_more_evidence_asks_the_database_no_more_often(
    client: Client, viewer: User, media: Path, ada: Person, django_assert_num_queries: Any
) -> None:
    sighting = a_sighting(a_camera(), ada)
    for _ in range(5):
        a_detection(sighting)
    client.force_login(viewer)
    with django_assert_num_queries(
        10
    ):  # session, user, two of rights, two of limits, sighting, detections, photo, edits
        client.get(reverse("sighting", args=[sighting.pk]))


def test_the_scale_puts_the_face_between_zero_and_the_limits(ada: Person) -> None:
    scale = DistanceScale.of(a_sighting(a_camera(), ada, distance=0.32, margin=0.25))
    assert scale.face and scale.runner_up
    assert 0 < scale.face.at_percent < scale.match.at_percent < scale.review.at_percent
    assert scale.review.at_percent < scale.runner_up.at_percent < 100


def test_the_scale_grows_with_far_faces_and_needs_none() -> None:
    far = Sighting(verdict="unknown", distance=1.3, match_threshold=0.5, review_threshold=0.55)
    assert DistanceScale.of(far).end == pytest.approx(1.4)
    nobody = Sighting(verdict="unknown", match_threshold=0.5, review_threshold=0.55)
    assert DistanceScale.of(nobody).face is None


def test_distances_and_qualities_have_words() -> None:
    assert distance_words(0.2, 0.5) == "very close"
    assert distance_words(0.45, 0.5) == "close"
    assert distance_words(0.55, 0.5).startswith("near, but too far")
    assert distance_words(0.9, 0.5).startswith("far from everybody")
    assert distance_words(None, 0.5) == "nobody to compare with"
    assert [quality_words(quality) for quality in (0.9, 0.6, 0.3, 0.1)] == [
        "good picture",
        "fair picture",
        "poor picture",
        "hardly usable picture",
    ]
