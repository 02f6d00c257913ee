"""Groups of people and cameras, and who sees no more than these."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.upgrade.filling.rows import row


def add_groups(people: dict[str, Any], cameras: dict[str, Any], vera: Any, kiosk: Any) -> None:
    """Vera sees Ruth alone, at both cameras; the kiosk sees Ruth and Paula, and the door."""
    _limit("people.Person", "Mondays", "people", [people["ruth"]], user=vera)
    _limit("people.Person", "Staff", "people", [people["ruth"], people["paula"]], key=kiosk)
    _limit("streams.Camera", "Outside", "cameras", cameras.values(), user=vera)
    _limit("streams.Camera", "Street", "cameras", [cameras["door"]], key=kiosk)


def _limit(of: str, name: str, members: str, who: Iterable[Any], **whose: Any) -> None:
    group = row(f"{of}Group", name=name, description="For the test.")
    getattr(group, members).set(who)
    row(f"{of}Limit", group=group, **whose)
