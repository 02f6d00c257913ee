"""What a request showed, as far as its address does not say it: views note it, and its entry names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

KINDS = {
    "accessrequest": "access request",
    "apikey": "key",
    "cameragroup": "camera group",
    "consenttext": "consent text",
    "detection": "detection",
    "enrolmentlink": "enrolment link",
    "identityedit": "correction",
    "importjob": "import",
    "keepingterm": "schedule of keeping",
    "persongroup": "person group",
    "sitepolicy": "policy of the site",
    "videosighting": "video",
}
"""How ids are called where it is not the name of the model; triggers write the same (watched.py)."""
_COLUMNS = {
    "person_id": "person", "sighting_id": "sighting", "camera_id": "camera", "stranger_id": "stranger",
    "video_id": "video",
}  # fmt: skip
_NOTED = "_audited"


def note(request: Any, *rows: Model, **ids: Iterable[object]) -> None:
    """Notes that the answer to `request` shows `rows` with whatever they belong to, and `ids` by their kinds."""
    noted: dict[str, None] = vars(_plain(request)).setdefault(_NOTED, {})
    for row in rows:
        noted.update(dict.fromkeys(about(row)))
    for kind, keys in ids.items():
        noted.update(dict.fromkeys(f"{kind}:{key}" for key in keys))


def noted(request: Any) -> tuple[str, ...]:
    return tuple(vars(_plain(request)).get(_NOTED, ()))


def about(row: Model) -> list[str]:
    """Returns what a row is and whom it belongs to: ["photo:…", "person:…"]. It asks the database nothing."""
    name = str(row._meta.model_name)
    columns = {field.attname for field in row._meta.concrete_fields}
    owners = [
        f"{kind}:{row.__dict__[column]}"
        for column, kind in _COLUMNS.items()
        if column in columns and row.__dict__.get(column) is not None
    ]
    return [f"{KINDS.get(name, name)}:{row.pk}", *owners]


def _plain(request: Any) -> Any:
    """Returns Django's request: REST views have one around it."""
    return getattr(request, "_request", request)
