"""Every time that a page shows is of the site's zone, names it, and counts 24 hours."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from people.base.history import log_changed
from people.base.site_time import file_time, names_by_offset, time_words
from people.records.person import Person
from people.templatetags.site_time import time_element
from streams.records.camera import CameraStatus
from streams.records.detection import Detection
from streams.records.search_log import SearchLog
from tests.attacks.addresses import addresses_of
from tests.attacks.world import SEEN, World, make_world
from tests.conftest import ROOT

TIME = re.compile(r"(?<![\d:.])\d{1,2}:\d{2}(?::\d{2})?(?![\d:]|-\d\d:\d\d)\s?(?P<after>\S{0,4})")
HALF_DAYS = re.compile(r"\b[ap]\.m\.|\b(?:noon|midnight)\b")
NOT_SHOWN = re.compile(r"<(script|style|textarea|code|template)\b.*?</\1>|<[^>]*>", re.DOTALL)
HOURS_OF_THE_SITE = re.compile(r"\d\d:\d\d-\d\d:\d\d")
"""As weekly hours are written, in help texts."""


@pytest.fixture
def world(db: None, media: Any, settings: Any) -> World:
    """Has something with a time on every page, in a zone whose day is another than in UTC."""
    settings.TIME_ZONE = "Asia/Tokyo"
    world = make_world()
    for person in (world.inside, world.outside):
        Person.objects.filter(pk=person.pk).update(retired_at=SEEN)
    CameraStatus.objects.filter(camera=world.hall).update(last_frame_at=SEEN)
    log_changed(world.inside, "Changed name.", by=world.root)
    log_changed(world.hall, "Changed name.", by=world.root)
    _detection(world)
    sighting = world.hall.sightings.get().pk
    SearchLog.objects.create(who="root", sighting=sighting, within=0.3, engine="x", searched=1, found=1)
    return world


def _detection(world: World) -> None:
    sighting = world.hall.sightings.get()
    Detection.objects.create(
        id=sighting.pk, sighting=sighting, captured_at=SEEN, box=[1, 2, 3, 4], frame_width_px=640,
        frame_height_px=480, score=1, quality=0.7, verdict="match", person=world.inside, distance=0.2,
        gallery_version=1, snapshot="snapshots/gone.jpg",
    )  # fmt: skip


def test_every_page_names_the_zone_at_every_time(world: World) -> None:
    client = Client()
    client.force_login(world.root)
    bad, pages = [], 0
    for url in addresses_of(world):
        answer = client.get(url)
        if answer.status_code == 200 and answer.get("Content-Type", "").startswith("text/html") and "/api/" not in url:
            pages += 1
            bad += [f"{url}: {words}" for words in times_without_zone(answer.content.decode())]
    assert not bad, "\n".join(bad)
    assert pages > 60


def times_without_zone(page: str) -> list[str]:
    """Returns the times of a page that have no zone after them, with the words around them."""
    text = HOURS_OF_THE_SITE.sub("", re.sub(r"\s+", " ", NOT_SHOWN.sub(" ", page)))
    times = [found for found in TIME.finditer(text) if not found["after"].startswith("JST")]
    halves = list(HALF_DAYS.finditer(text))
    return [text[max(0, found.start() - 40) : found.end() + 20] for found in (*times, *halves)]


def test_a_time_is_said_in_the_zone_of_the_site(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    assert time_words(SEEN) == "2 Nov 2026, 18:30:00 JST"
    assert file_time(SEEN) == "2026-11-02T18:30:00+09:00"


def test_an_element_has_the_time_for_people_and_for_programs(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    moment = datetime(2026, 7, 1, 12, 3, 22, tzinfo=UTC)
    said = '<time datetime="2026-07-01T12:03:22+00:00">1 Jul 2026, 14:03:22 CEST</time>'
    assert (time_element(moment), time_element(None)) == (said, "")


def test_the_hour_that_comes_twice_has_two_names(settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    twice = SEEN.replace(month=10, day=25, hour=0)
    assert time_words(twice) == "25 Oct 2026, 02:30:00 CEST"
    assert time_words(twice + timedelta(hours=1)) == "25 Oct 2026, 02:30:00 CET"


@pytest.mark.parametrize(
    ("zone", "names"),
    [
        ("UTC", {"GMT+00:00": "UTC"}),
        ("Europe/Berlin", {"GMT+01:00": "CET", "GMT+02:00": "CEST"}),
        ("America/Sao_Paulo", {"GMT-03:00": "-03"}),
        ("Asia/Kolkata", {"GMT+05:30": "IST"}),
    ],
)
def test_browsers_get_the_names_by_offset(settings: Any, zone: str, names: dict[str, str]) -> None:
    settings.TIME_ZONE = zone
    assert names_by_offset(timezone.now()) == names


def test_no_template_writes_a_time_of_day_by_the_filter_of_dates() -> None:
    """It leaves the zone out in the hour that comes twice: `time_words` and `clock_words` do not."""
    templates = [path for folder in ("templates", "people/templates") for path in (ROOT / folder).rglob("*.*")]
    hours = re.compile(r"""\|date:["'][^"']*[HGgPfi]""")
    assert [path.name for path in templates if hours.search(path.read_text())] == []
    assert len(templates) > 80
