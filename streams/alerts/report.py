"""The report on the alerts of a period: how many, what they turned out to be, by list, rule and camera."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, When

from people.gallery.calibration_history import CalibrationSpan, calibrations_between
from people.records.groups import person_limits
from people.records.watchlist import Watchlist
from streams.records.alert import A_LIST, Alert
from streams.records.camera import Camera
from streams.records.rule import Rule
from streams.records.states import SUSPENDED_ENTRY, AlertOutcome
from streams.sightings.moments import midnight

SEES_CALIBRATION = "people.view_decisionthresholds"
DELETED = "deleted since"


@dataclass(frozen=True, slots=True)
class ReportedBy:
    """What lines are by. `column` and `name`: those of the alert with the row, and with its name then, which stays."""

    what: str
    model: Any
    column: str
    name: str
    none: str


BY = (
    ReportedBy("list", Watchlist, "watchlist", "list_name", "no watchlist"),
    ReportedBy("rule", Rule, "rule", "rule_name", DELETED),
    ReportedBy("camera", Camera, "camera", "camera_name", "no camera"),
)


@dataclass(frozen=True, slots=True)
class AlertCounts:
    """Alerts of one line of the report."""

    true: int = 0
    false: int = 0
    unsure: int = 0
    open: int = 0

    @property
    def alerts(self) -> int:
        return self.closed + self.open

    @property
    def closed(self) -> int:
        return self.true + self.false + self.unsure

    @property
    def false_rate(self) -> float | None:
        """Returns the share of false alarms among those that were closed, 0 to 1; None if none was."""
        return self.false / self.closed if self.closed else None

    @property
    def false_percent(self) -> str:
        return "" if self.false_rate is None else f"{100 * self.false_rate:.1f} %"


@dataclass(frozen=True, slots=True)
class AlertReportLine:
    """`by`: list, rule or camera."""

    by: str
    name: str
    counts: AlertCounts


@dataclass(frozen=True, slots=True)
class AlertReport:
    first: date
    last: date
    """The last day, included."""
    total: AlertCounts
    lines: tuple[AlertReportLine, ...]
    """By list, then by rule, then by camera; most alerts first."""
    calibrations: tuple[CalibrationSpan, ...] | None
    """How the site recognised in the period, the oldest first; None for readers who may not see thresholds."""

    def by(self, what: str) -> list[AlertReportLine]:
        return [line for line in self.lines if line.by == what]


def alert_report(first: date, last: date, user: Any) -> AlertReport:
    """Reports on alerts raised from the day `first` to `last` that `user` may see. Six queries, however many alerts.

    What tells that an entry was suspended is no alert about anybody, and is not counted.
    """
    begin, end = midnight(first), midnight(last + timedelta(days=1))
    rows = Alert.objects.visible_to(user).filter(raised_at__gte=begin, raised_at__lt=end).exclude(kind=SUSPENDED_ENTRY)
    # Names only where the row is gone: Postgres compares numbers quicker than texts.
    then = {f"{by.what}_then": Case(When(**{by.column: None}, then=F(by.name))) for by in BY}
    columns = [column for by in BY for column in (by.column, f"{by.what}_then")]
    groups = list(rows.order_by().annotate(**then).values_list(*columns, "outcome").annotate(n=Count("*")))
    named = {by: by.what != "list" or user.has_perm("people.view_watchlist") for by in BY}
    lines = [line for number, by in enumerate(BY) for line in _lines(by, groups, 2 * number, named[by])]
    shows = user.has_perm(SEES_CALIBRATION) and not person_limits(user)
    calibrations = tuple(calibrations_between(begin, end)) if shows else None
    return AlertReport(first, last, _counts(groups), tuple(lines), calibrations)


def _lines(by: ReportedBy, groups: list[Any], place: int, named: bool) -> list[AlertReportLine]:
    """Returns a line for each row, by its name now, and for each that was deleted, by its name then.

    Not `named`: one line for all lists, which the reader may not see. A group has the row's id at `place`, its name
    then beside it, and the outcome and the number of alerts at its end.
    """
    names = _names(by.model, (group[place] for group in groups)) if named else {A_LIST: A_LIST}
    found: dict[Any, list[Any]] = defaultdict(list)
    for group in groups:
        key = group[place] or group[place + 1]
        found[A_LIST if key and not named else key].append(group)
    lines = [
        AlertReportLine(by.what, names.get(key) or (f"{key}, {DELETED}" if key else by.none), _counts(counts))
        for key, counts in found.items()
    ]
    return sorted(lines, key=lambda line: (-line.counts.alerts, line.name))


def _counts(groups: Iterable[Any]) -> AlertCounts:
    sums: dict[str, int] = defaultdict(int)
    for *_, outcome, number in groups:
        sums[outcome] += number
    return AlertCounts(
        true=sums[AlertOutcome.TRUE], false=sums[AlertOutcome.FALSE], unsure=sums[AlertOutcome.UNSURE], open=sums[""]
    )


def _names(model: Any, keys: Iterable[Any]) -> dict[Any, str]:
    wanted = set(keys) - {None}
    return dict(model.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
