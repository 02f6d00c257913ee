"""The report on alerts as a CSV file: one line for all, and one for each list, rule and camera."""

from __future__ import annotations

from people.base.site_time import zone_name
from people.base.spreadsheets import csv_text, safe
from streams.alerts.report import AlertCounts, AlertReport

COLUMNS = (
    "from", "to", "by", "name", "alerts", "true", "false", "unsure", "open", "false_alarm_rate", "time_zone",
)  # fmt: skip


def report_csv(report: AlertReport) -> str:
    """Returns the report as CSV; its first line is COLUMNS."""
    lines = [("all", "", report.total), *((line.by, line.name, line.counts) for line in report.lines)]
    return csv_text(COLUMNS, [_cells(report, *line) for line in lines])


def _cells(report: AlertReport, by: str, name: str, counts: AlertCounts) -> list[object]:
    rate = "" if counts.false_rate is None else f"{counts.false_rate:.4f}"
    numbers = (counts.alerts, counts.true, counts.false, counts.unsure, counts.open)
    return [report.first.isoformat(), report.last.isoformat(), by, safe(name), *numbers, rate, zone_name()]
