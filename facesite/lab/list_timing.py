"""Measures how long the site's lists take over a large database, through the whole stack, middleware and all."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from facesite.lab.processes import cpu_with_database_ms
from people.accounts.tokens import token_of
from people.records.groups import PersonGroup, PersonLimit
from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.records.camera import Camera
from streams.records.sighting import Sighting
from streams.records.states import StoredVerdict

ROUNDS = 5
"""Only the fastest round counts: a machine that does other things is slower now and then, and never quicker."""
REQUESTS = 11
"""Requests in each round."""
SEARCH_ROUNDS, SEARCH_REQUESTS = 3, 3
DEEP = 0.6
"""Where in a list its deep page lies, as a share of the list."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One list, as somebody asks for it."""

    name: str
    url: str
    post: dict[str, Any] | None = None
    limited: bool = False
    """Whether a user asks who sees the people of a small group only."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What a list took, in milliseconds: the least median of the rounds, and the 95th percentile of that round."""

    name: str
    median_ms: float
    p95_ms: float
    cpu_ms: float
    """Processor time of this process and of the connection's own database process, if that runs here: the same on a
    busy machine."""
    queries: int


def lists() -> Iterator[Asked]:
    """Yields every list of API, site and admin, with the filters that people use."""
    people, sightings = Person.objects.count(), Sighting.objects.count()
    somebody = Person.objects.order_by("pk")[people // 2]
    seen = Sighting.objects.filter(verdict=StoredVerdict.MATCH).order_by("pk")[0]
    edited = Sighting.objects.filter(edit__isnull=False).order_by("pk").first() or seen
    quiet = Camera.objects.order_by("-pk")[0].slug
    watchlist = Watchlist.objects.order_by("pk")[0].pk
    now = timezone.now()
    oldest = Sighting.objects.order_by("first_seen_at")[0].first_seen_at
    old = (oldest + (now - oldest) * (1 - DEEP)).strftime("%Y-%m-%dT%H:%M:%SZ")
    today, month = timezone.localdate(), timezone.localdate() - timedelta(days=30)
    year = today - timedelta(days=360)
    part, day = somebody.name[7:11], today - timedelta(days=3)
    api = [
        "people/", f"people/?offset={int(people * DEEP)}", f"people/?search={part}", "people/?retired=false",
        "people/?metadata.badge=17", f"people/?watchlist={watchlist}", "photos/", "photos/?state=rejected",
        "photos/?state=enrolled", "photos/?state=review&state=choose", f"photos/?offset={int(3 * people * DEEP)}",
        f"photos/?person={somebody.pk}", "watchlists/", "gallery/", "cameras/", "cameras/?state=off", "live/",
        "strangers/", "strangers/?camera=camera-3", f"strangers/?camera={quiet}", "strangers/?state=named",
        f"strangers/?seen_after={old}&camera=camera-3", f"strangers/?seen_before={old}",
        "edits/", f"edits/?person={edited.person_id}", f"edits/?sighting={edited.pk}", "cases/", "videos/",
        "sightings/", "sightings/?verdict=match", "sightings/?verdict=match&verdict=review",
        f"sightings/?person={somebody.pk}", f"sightings/?watchlist={watchlist}", "sightings/?camera=camera-3",
        f"sightings/?seen_before={old}", f"sightings/?seen_after={old}", "sightings/?open=true",
        "sightings/?closer_than=0.2", "sightings/?day=tue&time_from=18:00&camera=camera-3",
        "sightings/?time_from=22:00&time_to=02:00&day=fri", "sightings/?when=last_hour&verdict=review",
        "sightings/?when=yesterday&camera=camera-3&camera=camera-4", "detections/",
        "detections/?verdict=unknown", "detections/?camera=camera-3",
        f"detections/?person={somebody.pk}", f"detections/?sighting={seen.pk}", f"detections/?captured_before={old}",
        f"reports/attendance/?from={today}&to={today}",
        f"reports/attendance/?from={month}&to={today}&person={somebody.pk}",
        f"reports/attendance/?from={month}&to={today}", "presence/", "proposals/", "suspensions/", "alerts/",
        f"reports/alerts/?from={year}&to={today}", "enrolment-links/",
    ]  # fmt: skip
    pages = [
        "/strangers/", "/strangers/?order=most_seen", "/strangers/?camera=camera-3", f"/strangers/?camera={quiet}",
        f"/strangers/?camera={quiet}&order=most_seen", "/strangers/?camera=camera-3&order=most_seen",
        f"/strangers/?since={today}", f"/strangers/?since={day}&camera=camera-3", f"/strangers/?until={month}",
        "/strangers/?state=named", "/strangers/?page=50", "/strangers/7/",
        "/edits/", f"/edits/?person={edited.person_id}", f"/edits/?sighting={edited.pk}", "/cases/", "/videos/",
        "/", "/sightings/", "/sightings/?verdict=unknown", f"/sightings/?name={part}", "/sightings/?camera=camera-3",
        f"/sightings/?camera={quiet}", f"/sightings/?camera={quiet}&verdict=unknown",
        f"/sightings/?person={somebody.pk}", f"/sightings/{seen.pk}/", f"/people/{somebody.pk}/",
        "/sightings/?when=last_hour", "/sightings/?when=yesterday&verdict=review&camera=camera-3",
        "/sightings/?day=tue&time_from=18:00&camera=camera-3", "/sightings/?time_from=03:00&time_to=04:00",
        f"/sightings/?day=mon&time_from=03:00&time_to=03:01&person={somebody.pk}",
        f"/sightings/?since={day}T18:00&until={day}T18:10&camera=camera-3&verdict=review", "/sightings/attendance/",
        "/presence/", "/presence/roll-call/", "/alerts/", "/alerts/report/", f"/alerts/report/?from={year}&to={today}",
        f"/watchlists/{watchlist}/", "/proposals/",
        "/admin/", f"/admin/go/?q={part}",
        "/admin/people/person/", f"/admin/people/person/?q={part}", f"/admin/people/person/{somebody.pk}/change/",
        "/admin/people/photo/", "/admin/people/photo/?state__exact=rejected", "/admin/people/watchlist/",
        "/admin/streams/camera/", "/admin/streams/sighting/", "/admin/streams/detection/", "/admin/streams/searchlog/",
    ]  # fmt: skip
    yield from (Asked(f"GET /api/v1/{each}", f"/api/v1/{each}") for each in api)
    yield from (Asked(f"GET {each}", each) for each in pages)
    for each in ("sightings/", "sightings/?verdict=match", "detections/?verdict=match", "people/", "gallery/"):
        yield Asked(f"GET /api/v1/{each} by somebody limited", f"/api/v1/{each}", limited=True)
    search, body = "/api/v1/sightings/search/", {"sighting": str(seen.pk)}
    week = (now - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield Asked(f"POST {search} among {sightings}", search, body)
    yield Asked(f"POST {search} newest first", search, {**body, "order": "time"})
    yield Asked(f"POST {search} by a filter that leaves a third", search, {**body, "verdict": "unknown"})
    yield Asked(f"POST {search} exact among {sightings}", search, {**body, "exact": "true"})
    yield Asked(f"POST {search} one camera, a week", search, {**body, "camera": "camera-3", "seen_after": week})


def measured(asked: Asked) -> Timing:
    """Times a list for a superuser, or for a limited user. Raises ValueError for any answer but 200."""
    client = client_for(asked)
    search = asked.post is not None
    rounds, requests = (SEARCH_ROUNDS, SEARCH_REQUESTS) if search else (ROUNDS, REQUESTS)
    _ask(client, asked)  # the first request loads all that is loaded only once
    with CaptureQueriesContext(connection) as captured:
        _ask(client, asked)
    queries = len(captured)  # before the next request empties the log
    began_ms = cpu_with_database_ms()
    best = min(([_ask(client, asked) for _ in range(requests)] for _ in range(rounds)), key=statistics.median)
    cpu_ms = (cpu_with_database_ms() - began_ms) / (rounds * requests)
    p95 = statistics.quantiles(best, n=20, method="inclusive")[-1]
    return Timing(asked.name, statistics.median(best), p95, cpu_ms, queries)


def client_for(asked: Asked) -> Client:
    """Returns a client that is logged in, or has a token, as whoever asks."""
    user = _limited() if asked.limited else superuser()
    if asked.url.startswith("/api/"):
        return Client(SERVER_NAME="localhost", headers={"authorization": f"Token {token_of(user)}"})
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def superuser() -> User:
    """Returns the user who asks."""
    return User.objects.filter(username="benchmark").first() or User.objects.create_superuser("benchmark")


def _limited() -> User:
    """Returns a user who has every right, and sees the people of the group that was filled in."""
    user, is_new = User.objects.get_or_create(username="limited")
    if is_new:
        user.user_permissions.set(Permission.objects.all())
        PersonLimit.objects.create(user=user, group=PersonGroup.objects.get())
    return user


def _ask(client: Client, asked: Asked) -> float:
    """Returns the milliseconds to the last byte."""
    cache.clear()  # the throttles count in the cache, too
    began = time.perf_counter()
    answer_of(client, asked)
    return 1000 * (time.perf_counter() - began)


def answer_of(client: Client, asked: Asked) -> bytes:
    """Returns the body of the answer. Raises ValueError for any answer but 200."""
    answer = client.get(asked.url) if asked.post is None else client.post(asked.url, asked.post)
    body = answer.content
    if answer.status_code != 200:
        raise ValueError(f"{asked.name} answered {answer.status_code}: {body[:300]!r}")
    return body
