"""How the site recognises now, in words for the admin's first page: by which engine, and how near a face must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from people.base.site_time import day_words
from people.gallery.engines import active_engine
from people.gallery.thresholds import DecisionThresholds
from people.recognition.engine.kinds import engine_name, offered
from people.records.groups import person_limits

SEES_ENGINES = "people.view_enginechoice"
CALIBRATES = "people.view_person"


@dataclass(frozen=True, slots=True)
class InForce:
    """Each fact with the address of the page that tells more."""

    engine: str
    engine_url: str
    thresholds: str
    is_calibrated: bool
    """Whether somebody chose the thresholds on this site; else the measured defaults of the engine decide."""
    calibrate_url: str
    """"" for users who may not calibrate."""


def in_force(user: Any) -> InForce | None:
    """Returns what decides now, in two queries; None for users who may not see it."""
    if not user.has_perm("people.view_decisionthresholds") or person_limits(user):
        return None
    engine = active_engine()
    row = DecisionThresholds.objects.select_related("created_by").filter(engine=engine).order_by("-pk").first()
    return InForce(
        engine=_described(engine),
        engine_url=reverse("admin:people_enginechoice_changelist") if user.has_perm(SEES_ENGINES) else "",
        thresholds=_said(row),
        is_calibrated=row is not None,
        calibrate_url=reverse("admin:people_decisionthresholds_calibrate") if user.has_perm(CALIBRATES) else "",
    )


def _described(engine: str) -> str:
    kind = offered(engine)
    return f"{engine_name(engine)}: {kind.about}" if kind else engine_name(engine)


def _said(row: DecisionThresholds | None) -> str:
    if row is None:
        return "The measured default decides: this site has not been calibrated with its own photos yet."
    by = f" by {row.created_by.get_username()}" if row.created_by else ""
    how = "Calibrated" if row.wanted_rate is not None else "Chosen by hand"
    return f"{how} on {day_words(row.created_at)}{by}: {row.reason}"
