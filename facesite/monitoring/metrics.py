"""/metrics for Prometheus: numbers of the whole site from the database, and of this process.

Denied unless METRICS_TOKEN is set and shown. Names of cameras are labels here; no person is ever named.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from facesite.monitoring.camera_figures import camera_figures
from facesite.monitoring.exposition import CONTENT_TYPE, exposition
from facesite.monitoring.people_figures import people_figures
from people.accounts.failed_logins import failed_login_figures
from people.base.figures import Figure, gauge

PROCESS: list[Callable[[], list[Figure]]] = [failed_login_figures]


def include(figures: Callable[[], list[Figure]]) -> None:
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


def _site() -> list[Figure]:
    """A database that is away is a figure, too: monitoring must not go blind with it."""
    try:
        figures = [*people_figures(), *camera_figures()]
    except DatabaseError:
        figures = []
    return [gauge("facesite_database_up", "Whether the database answers.", bool(figures)), *figures]
