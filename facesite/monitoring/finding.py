"""One thing that `manage.py doctor` has found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    part: str
    is_well: bool
    says: str
    advice: str = ""


def unwell(part: str, says: str, advice: str = "") -> Finding:
    return Finding(part, False, says, advice)
