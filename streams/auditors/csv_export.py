"""Entries of the audit as a CSV file: one line each, with the hashes by which it can be found in the chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from people.audit.entry import AuditEntry
from people.base.csv_files import parts_of
from people.base.site_time import file_time, zone_name
from people.base.spreadsheets import safe

COLUMNS = (
    "number", "at", "who", "user_id", "api_key", "address", "action", "kind", "about", "detail", "request_id",
    "hash", "time_zone",
)  # fmt: skip


def audit_csv(entries: Any) -> Iterator[str]:
    """Returns the parts of a CSV file of `entries`, newest first. Raises TooManyRows."""
    return parts_of(entries.order_by("-number"), COLUMNS, _cells)


def _cells(entry: AuditEntry) -> list[object]:
    return [
        entry.number,
        file_time(entry.at),
        safe(entry.who),
        entry.user or "",
        safe(entry.key_name),
        safe(entry.address),
        entry.action,
        entry.kind,
        safe(" ".join(entry.about)),
        safe(json.dumps(entry.detail, ensure_ascii=False)) if entry.detail else "",
        safe(entry.request_id),
        bytes(entry.hash).hex(),
        zone_name(),
    ]
