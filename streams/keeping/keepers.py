"""The keeper of every kind of data, in the order in which a run goes through them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from people.audit.anchors import make_anchor
from people.audit.entry import AuditEntry
from people.audit.forgetting import forget_entries
from people.imports.jobs import ImportJob
from people.imports.services import forget_imports
from people.records.enrolment_link import EnrolmentLink, LinkState
from people.records.keeping_term import KeptKind
from people.self_enrolling.forgetting import lapse_links
from streams.alerting.retention import forget_alerts, forget_quiet
from streams.cases.case import Case
from streams.cases.services import forget_cases
from streams.channels.retention import forget_deliveries
from streams.errors import KeepingRefused
from streams.keeping.keeper import ByAge, Oldest, TermKeeper
from streams.keeping.of_cameras import EncodingsKeeper, FootageKeeper, SightingsKeeper, SnapshotsKeeper
from streams.keeping.of_people import PeopleKeeper, PhotosKeeper, ended_before, unseen_since
from streams.keeping.schedule import KeepingSchedule
from streams.records.alert import Alert
from streams.records.search_log import SearchLog
from streams.sightings.retention import forget_searches
from streams.videos.services import forget_videos
from streams.videos.video import Video


class AuditKeeper(ByAge):
    """Entries of the audit. It anchors them first, so that the anchor has seen what goes, and finds a broken chain."""

    def forget(self, schedule: KeepingSchedule) -> int:
        anchor = make_anchor()
        if anchor.fault:
            raise KeepingRefused(f"The audit is not whole, so nothing of it is deleted: {anchor.fault}")
        return super().forget(schedule)

    def oldest(self, schedule: KeepingSchedule) -> Oldest:
        first = AuditEntry.objects.order_by("number").values_list("chained_at", flat=True).first()
        return Oldest(first, schedule.due_at(self.kind, first))


class AlertsKeeper(ByAge):
    """Alerts, and what has become of quiet rules, which goes by itself."""

    def forget(self, schedule: KeepingSchedule) -> int:
        forget_quiet()
        return super().forget(schedule)


def _alerts(before: datetime, schedule: KeepingSchedule) -> int:
    forget_deliveries(made_before=before)
    return forget_alerts(raised_before=before)


def _cases(before: datetime, schedule: KeepingSchedule) -> int:
    """The rows of cases say who handed over what, as those of searches say who looked for whom."""
    rows = schedule.before(KeptKind.SEARCHES)
    return forget_cases(finished_before=before, rows_before=min(rows, before) if rows else None)


_ALL: tuple[TermKeeper, ...] = (
    PhotosKeeper(),
    PeopleKeeper(KeptKind.PEOPLE_ENDED, ended_before),
    PeopleKeeper(KeptKind.PEOPLE_UNSEEN, unseen_since),
    SightingsKeeper(KeptKind.SIGHTINGS_NAMED, ~Q(person=None)),
    SightingsKeeper(KeptKind.SIGHTINGS_STRANGERS, Q(person=None)),
    SnapshotsKeeper(),
    FootageKeeper(),
    EncodingsKeeper(),
    ByAge(
        KeptKind.SEARCHES,
        SearchLog.objects.all,
        "at",
        lambda before, _: forget_searches(made_before=before),
    ),
    AlertsKeeper(KeptKind.ALERTS, Alert.objects.all, "raised_at", _alerts),
    ByAge(KeptKind.CASES, lambda: Case.objects.exclude(file=""), "finished_at", _cases),
    ByAge(KeptKind.VIDEOS, Video.objects.all, "finished_at", lambda before, _: forget_videos(finished_before=before)),
    ByAge(
        KeptKind.IMPORTS,
        ImportJob.objects.all,
        "finished_at",
        lambda before, _: forget_imports(finished_before=before),
    ),
    ByAge(
        KeptKind.LINKS,
        lambda: EnrolmentLink.objects.filter(state=LinkState.SENT),
        "sent_at",
        lambda before, _: lapse_links(sent_before=before),
    ),
    AuditKeeper(KeptKind.AUDIT, AuditEntry.objects.all, "chained_at", lambda before, _: forget_entries(before=before)),
)
KEEPERS: Mapping[KeptKind, TermKeeper] = {keeper.kind: keeper for keeper in _ALL}
