"""/metrics for Prometheus: numbers of the whole site from the database, and of this process.

Denied unless METRICS_TOKEN is set and shown. Names of cameras are labels here; no person is ever named.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from facesite.monitoring.alerting_figures import alerting_figures
from facesite.monitoring.audit_findings import audit_figures
from facesite.monitoring.camera_figures import camera_figures
from facesite.monitoring.erasing_findings import request_figures
from facesite.monitoring.keeping_findings import keeping_figures
from facesite.monitoring.people_figures import people_figures
from people.accounts.failed_logins import failed_login_figures

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
"""The format that every Prometheus reads; the library would say 1.0.0, whose names in UTF-8 nobody here needs."""
PROCESS: list[Callable[[], list[Metric]]] = [failed_login_figures]


def include(figures: Callable[[], list[Metric]]) -> None:
    """Make the figures of a part of this process part of its metrics."""
    PROCESS.append(figures)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """200 with the numbers, 401 without the token, 404 where metrics are switched off."""
    if not settings.METRICS_TOKEN:
        return HttpResponse("Metrics are switched off: METRICS_TOKEN is not set.\n", "text/plain", 404)
    if not may_read(request.headers.get("Authorization", "")):
        refusal = HttpResponse("Metrics need the token.\n", "text/plain", 401)
        refusal["WWW-Authenticate"] = "Bearer"
        return refusal
    process = [figure for figures in PROCESS for figure in figures()]
    return HttpResponse(exposition([*_site(), *process]), CONTENT_TYPE)


def may_read(authorization: str) -> bool:
    """Whether a request with this Authorization header may read the metrics."""
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(authorization.encode(), wanted.encode())


def exposition(figures: Iterable[Metric]) -> bytes:
    """`figures` as Prometheus reads them; one without a sample says that it exists."""
    return generate_latest(_Scrape(figures))


class _Scrape(Collector):
    """The figures of one answer: they are counted when asked for, so the library's registry would hold nothing."""

    def __init__(self, figures: Iterable[Metric]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        return self._figures


def _site() -> list[Metric]:
    """A database that is away is a figure, too: monitoring must not go blind with it."""
    try:
        site = (people_figures, camera_figures, alerting_figures, audit_figures, keeping_figures, request_figures)
        figures = [figure for figures in site for figure in figures()]
    except DatabaseError:
        figures = []
    return [GaugeMetricFamily("facesite_database_up", "Whether the database answers.", bool(figures)), *figures]
