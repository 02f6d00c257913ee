"""Changes of the schedule: what may be changed, what a change would delete, and the service that writes it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field, replace

from django.db import transaction

from people.base.history import Actor, changed_in_words, log_changed
from people.errors import WrongState
from people.records.keeping_term import KEPT, MOST_DAYS, KeepingTerm, KeptKind, bring_up_terms, in_days, is_fixed
from people.records.privacy_notice import PrivacyNotice
from streams.errors import BadSchedule
from streams.keeping.keepers import KEEPERS
from streams.keeping.schedule import Days, KeepingSchedule, OfCameras
from streams.records.camera import Camera
from streams.records.camera_keeping import COLUMNS, CameraKeeping

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScheduleChange:
    """What somebody wants to be different; whatever is not named stays as it is."""

    days: Days = field(default_factory=dict)
    purposes: Mapping[str, str] = field(default_factory=dict)
    cameras: OfCameras = field(default_factory=dict)
    """All days that each of these cameras has of its own from now on; none of them: as the schedule says."""
    notice: Mapping[str, str | bool] = field(default_factory=dict)
    """Columns of PrivacyNotice."""


@dataclass(frozen=True, slots=True)
class KeepingEffect:
    """A kind of data that goes sooner after a change, and how much of it the next run would delete."""

    kind: KeptKind
    due: int


class NotConfirmed(WrongState):
    """The change deletes sooner than before, and nobody has said yet that this is meant."""

    code = "not_confirmed"

    def __init__(self, effects: list[KeepingEffect]) -> None:
        counts = "; ".join(f"{KeptKind(each.kind).label}: {each.due:,}" for each in effects)
        super().__init__(f"The next run would delete more than before ({counts}). Say that you mean it.")
        self.effects = effects


@transaction.atomic
def change_schedule(*, change: ScheduleChange, is_confirmed: bool, by: Actor) -> None:
    """Writes a change of the schedule. Raises BadSchedule; NotConfirmed if it shortens anything without a yes."""
    bring_up_terms()
    rows = list(KeepingTerm.objects.select_for_update().order_by("pk"))
    _check(change)
    now = KeepingSchedule.in_force()
    if not is_confirmed and (effects := effects_of(change, now)):
        raise NotConfirmed(effects)
    for row in rows:
        _change_term(row, change, by)
    for camera in Camera.objects.filter(pk__in=change.cameras).select_related("keeping").order_by("pk"):
        _change_camera(camera, change.cameras[camera.pk], by)
    if change.notice:
        _change_notice(change.notice, by)
    logger.info("the schedule of keeping was changed, by %s", by.pk if by else "the system")


def effects_of(change: ScheduleChange, now: KeepingSchedule) -> list[KeepingEffect]:
    """Returns what the change would shorten, and how much the next run would then delete."""
    wanted = changed(now, change)
    shortened = [kind for kind in KeptKind if wanted.shortens(kind, now)]
    return [KeepingEffect(kind, KEEPERS[kind].due(wanted)) for kind in shortened]


def changed(schedule: KeepingSchedule, change: ScheduleChange) -> KeepingSchedule:
    cameras = {camera: days for camera, days in {**schedule.cameras, **change.cameras}.items() if days}
    return replace(schedule, days={**schedule.days, **change.days}, cameras=cameras)


def _check(change: ScheduleChange) -> None:
    """Raises BadSchedule for what the schedule cannot say."""
    for kind, days in change.days.items():
        if kind not in KEPT:
            raise BadSchedule(f"There is no kind of data called {kind[:50]}.")
        _check_days(KeptKind(kind), days)
    for kind, purpose in change.purposes.items():
        if kind not in KEPT or not 0 < len(purpose.strip()) <= 300:
            raise BadSchedule("Say what each kind of data is kept for, in at most 300 characters.")
    for days_of_camera in change.cameras.values():
        for kind, days in days_of_camera.items():
            if kind not in COLUMNS:
                raise BadSchedule("A camera has days of its own for sightings and footage alone.")
            if not 1 <= days <= MOST_DAYS:
                raise BadSchedule(f"{KeptKind(kind).label}: expected 1 to {MOST_DAYS:,} days.")


def _check_days(kind: KeptKind, days: int | None) -> None:
    data = KEPT[kind]
    if days is None and not data.may_be_for_ever:
        raise BadSchedule(f"{kind.label} cannot be kept for ever: give a number of days.")
    if days is not None and not data.least <= days <= MOST_DAYS:
        why = f" Not fewer: {data.why_least}." if data.why_least else ""
        raise BadSchedule(f"{kind.label}: expected {data.least} to {MOST_DAYS:,} days.{why}")
    if is_fixed(kind) and days != KeepingSchedule.in_force().days[kind]:
        raise BadSchedule(f"{kind.label}: the days are fixed by the deployment of this site, and are changed there.")


def _change_term(row: KeepingTerm, change: ScheduleChange, by: Actor) -> None:
    before = in_days(row.kind, row.days)
    old_purpose = row.purpose
    row.days = change.days.get(row.kind, row.days)
    row.purpose = change.purposes.get(row.kind, row.purpose).strip()
    words = []
    if (after := in_days(row.kind, row.days)) != before:
        words.append(f"Kept: {after}, before: {before}.")
    if row.purpose != old_purpose:
        words.append("Changed what for.")
    if words:
        row.save(update_fields=["days", "purpose"])
        log_changed(row, " ".join(words), by=by)


def _change_camera(camera: Camera, days: Mapping[str, int], by: Actor) -> None:
    own: CameraKeeping | None = getattr(camera, "keeping", None)
    if days == (own.days() if own else {}):
        return
    if days:
        columns = {column: days.get(kind) for kind, column in COLUMNS.items()}
        CameraKeeping.objects.update_or_create(camera=camera, defaults=columns)
    else:
        CameraKeeping.objects.filter(camera=camera).delete()
    said = [f"{KeptKind(kind).label} {in_days(kind, number)}" for kind, number in days.items()]
    log_changed(camera, f"Kept: {', '.join(said) or 'as the schedule says'}.", by=by)


def _change_notice(values: Mapping[str, str | bool], by: Actor) -> None:
    row, _ = PrivacyNotice.objects.get_or_create(pk=1)
    before = copy(row)
    for column, value in values.items():
        setattr(row, column, value.strip() if isinstance(value, str) else value)
    if words := changed_in_words(before, row):
        row.save()
        log_changed(row, words, by=by)
