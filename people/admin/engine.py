"""The admin's page of engines: which there are, what they consist of, and who put which into use when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from people.admin.unlimited import ForTheUnlimited
from people.errors import Busy, NotAvailable, ReaderDied
from people.gallery.engine_choice import EngineChoice
from people.gallery.engines import known_engines
from people.recognising.recognisers import recognisers
from people.recognition.engine.kinds import OFFERED, engine_name
from people.recognition.engine.provenance import NETWORKS, Provenance


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """One network as the page shows it."""

    network: Provenance
    engines: str
    """Names of the engines that encode with it; empty if it only finds faces."""
    milliseconds: float | None
    """None while nothing could be measured."""


@admin.register(EngineChoice)
class EngineChoiceAdmin(ForTheUnlimited):
    """A read-only page: `manage.py reencode` and `switch_engine` change the engine."""

    list_display = ["chosen_at", "chosen", "before", "missing_photos", "chosen_by"]
    fields = readonly_fields = ("chosen_at", "chosen", "before", "missing_photos", "chosen_by")
    list_select_related = ["chosen_by"]
    list_display_links = None

    class Media:
        css = {"all": ["people/admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown = {"title": "Engines", "engines": known_engines(), "networks": network_rows()}
        return super().changelist_view(request, {**shown, **(extra_context or {})})

    @admin.display(description="engine", ordering="engine")
    def chosen(self, row: EngineChoice) -> str:
        return engine_name(row.engine)

    @admin.display(description="before it", ordering="previous")
    def before(self, row: EngineChoice) -> str:
        return engine_name(row.previous) if row.previous else "none"


def network_rows() -> list[NetworkRow]:
    """Returns the networks of this release; their speed is left out while the recognisers are busy."""
    try:
        speed = speed_here()
    except (Busy, NotAvailable, ReaderDied):
        speed = {}
    return [
        NetworkRow(
            network,
            ", ".join(kind.name for kind in OFFERED if network.file in kind.weights),
            speed.get(network.file.name),
        )
        for network in NETWORKS
    ]


@cache
def speed_here() -> dict[str, float]:
    """Returns milliseconds of each network by its file, measured once in this process. Raises Busy, ReaderDied."""
    return recognisers().time().milliseconds
