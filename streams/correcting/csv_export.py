"""The ledger of identity edits as a CSV file: one line each, with the names that the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from people.base.csv_files import parts_of
from people.base.site_time import file_time, zone_name
from people.base.spreadsheets import safe
from streams.correcting.shown import ShownEdit, shown
from streams.records.identity_edit import IdentityEditQuerySet

COLUMNS = (
    "id", "at", "who", "page", "kind", "said", "person_id", "person", "stranger", "other_stranger", "sighting",
    "sightings", "state", "undoes", "undone_by", "not_restored", "time_zone",
)  # fmt: skip


def edits_csv(edits: IdentityEditQuerySet, user: Any) -> Iterator[str]:
    """Returns the parts of a CSV file of `edits`, newest first. Raises TooManyRows."""
    rows = edits.select_related("undoes", "undone_by").order_by("-at", "-id")
    return parts_of(rows, COLUMNS, _cells, lambda batch: shown(batch, user))


def _cells(row: ShownEdit) -> list[object]:
    edit = row.edit
    return [
        edit.pk,
        file_time(edit.at),
        safe(edit.who),
        safe(edit.page),
        edit.kind,
        safe(row.said),
        row.person.pk if row.person else "",
        safe(row.person.name) if row.person else "",
        row.stranger.number or "" if row.stranger else "",
        row.other_stranger.number or "" if row.other_stranger else "",
        row.sighting or "",
        edit.changed,
        edit.state,
        edit.undoes_id or "",
        getattr(getattr(edit, "undone_by", None), "pk", ""),
        safe(row.left),
        zone_name(),
    ]
