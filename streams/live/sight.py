"""Reads from the database what one user may see of the live streams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q

from people.accounts.distances import reads_exact_distances
from people.accounts.sessions import user_of_session
from people.gallery.stored import current_version
from streams.live.known_people import people_of
from streams.live.masking import Knowing
from streams.records.alert import Alert
from streams.records.camera import Camera, CameraStatus
from streams.records.groups import camera_limits
from streams.records.in_view import in_view_at
from streams.records.left_gallery import unname_who_left
from streams.records.sighting import Sighting, SightingQuerySet
from streams.records.states import AlertState
from streams.wire.announcing import AlertSaid
from streams.wire.builders import alert_record, camera_ref, camera_state, hello, sighting_record
from streams.wire.shapes import AlertEvent, AlertRecord, CameraRef, CameraState, Hello, SightingRecord

LATEST = 30
"""Number of sightings in a greeting."""
MOST_IN_VIEW = 200
"""Open sightings that a greeting reads: some for each of 64 cameras; whoever is left out comes with the next event."""
MOST_ALERTS = 4
"""As many as the page shows as banners (alert-banner.js)."""


@dataclass(frozen=True, slots=True)
class Sight:
    cameras: dict[int, CameraRef]
    sightings: bool
    """Whether the user may see sightings of these cameras, too."""
    people: frozenset[str] | None = None
    """Ids of the people who exist for the user (retired ones, too); None: everybody."""
    exact: bool = False
    """Whether the user reads exact distances."""
    alerts: bool = False
    """Whether the user may see alerts."""
    limited: bool = False
    """Whether the user may not see every camera."""
    presence: bool = False
    """Whether the user may see who is here."""
    gallery_version: int = 0
    """The gallery's version when `people` was read; people whom a newer gallery names may be missing."""
    lists: bool = False
    """Whether the user may see watchlists: who may not is told of none by its name."""

    @property
    def knowing(self) -> Knowing:
        return Knowing(self.people, self.exact)

    @property
    def telling(self) -> frozenset[int]:
        """Returns the cameras of which the user is told whom they see: by sightings, by who is here, or by alerts."""
        return frozenset(self.cameras) if self.sightings or self.presence or self.alerts else frozenset()

    def shows_alert(self, camera: int | None, person: str | None, names_somebody: bool) -> bool:
        """Returns whether an alert by `camera` about `person` exists for the user, as AlertQuerySet says.

        An alert of no camera is not told to whoever may not see all: the page of alerts knows whether they may see it.
        """
        if not self.alerts or (camera not in self.cameras if camera is not None else self.limited):
            return False
        return self.people is None or not names_somebody or person in self.people

    def alert_of(self, message: AlertSaid) -> AlertEvent:
        """Returns the event of an alert in words for the user."""
        event = message["event"]
        if self.lists:
            return event
        said = message.get("without_list", "An alert")  # a worker of the release before does not send it
        return {**event, "alert": {**event["alert"], "said": said}}

    def is_narrower_than(self, other: Sight) -> bool:
        """Returns whether the user may not see something of `other` any more."""
        fewer = self.people is not None and (other.people is None or not other.people <= self.people)
        return (
            fewer
            or other.exact > self.exact
            or other.sightings > self.sightings
            or other.presence > self.presence
            or other.alerts > self.alerts
            or other.lists > self.lists
            or not other.cameras.keys() <= self.cameras.keys()
        )


def read_sight(user: Any, slug: str | None = None) -> Sight | None:
    """Reads the cameras that `user` may see, or only the one with `slug`; None without the right to see any."""
    if not (user.is_authenticated and user.has_perm("streams.view_camera")):
        return None
    cameras = Camera.objects.visible_to(user).only("name", "slug").order_by("name")
    if slug is not None:
        cameras = cameras.filter(slug=slug)
    version = current_version()  # before the people, so that a change in between is read again
    return Sight(
        {camera.pk: camera_ref(camera) for camera in cameras},
        user.has_perm("streams.view_sighting"),
        people_of(user),
        reads_exact_distances(user),
        user.has_perm("streams.view_alert"),
        bool(camera_limits(user)),
        user.has_perm("streams.view_presence"),
        version,
        user.has_perm("people.view_watchlist"),
    )


def read_sight_now(session_key: str | None, slug: str | None) -> tuple[Any, Sight | None]:
    """Reads the user of a session anew, and what the user may see (read_sight)."""
    user = user_of_session(session_key)
    return user, read_sight(user, slug)


def read_states(cameras: dict[int, CameraRef]) -> list[CameraState]:
    """Reads the state of each camera now, in the order of `cameras`."""
    now = datetime.now(UTC)
    statuses = CameraStatus.objects.in_bulk(list(cameras))
    return [camera_state(camera, statuses.get(pk), now) for pk, camera in cameras.items()]


def read_hello(user: Any, sight: Sight) -> Hello:
    """Reads the first message of a socket of `user` with this `sight`, without who is in view."""
    sightings = _records(user, sight, Sighting.objects.all(), LATEST)
    return hello(read_states(sight.cameras), sightings, alerts=_new_alerts(user, sight))


def read_open(user: Any, sight: Sight) -> list[SightingRecord]:
    """Reads the sightings of whoever is in view now; none if `user` may not see who is here."""
    if not sight.presence:
        return []
    return _records(user, sight, Sighting.objects.filter(in_view_at(datetime.now(UTC))), MOST_IN_VIEW)


def _new_alerts(user: Any, sight: Sight) -> list[AlertRecord] | None:
    if not sight.alerts:
        return None
    told = Q(camera__in=sight.cameras)
    if not sight.limited:  # as for shows_alert
        told |= Q(camera=None)
    rows = Alert.objects.visible_to(user).open().filter(told, state=AlertState.NEW)
    newest = rows.select_related("camera", "person", "stranger")[:MOST_ALERTS]
    return [alert_record(row, row.said_to(user)) for row in newest]


def _records(user: Any, sight: Sight, rows: SightingQuerySet, most: int) -> list[SightingRecord]:
    seen = rows.visible_to(user).filter(camera_id__in=sight.cameras)
    shown = list(seen.with_snapshot(user)[:most])
    unname_who_left(shown)
    return [sighting_record(row, row.snapshot_id) for row in shown]  # type: ignore[attr-defined]
