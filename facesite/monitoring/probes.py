"""Answers probes and Prometheus before any other middleware sees them.

Kubelets, load balancers and Prometheus ask by the pod's own address, which is no allowed host: Django would answer 400.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase

from facesite.monitoring.health import livez, readyz
from facesite.monitoring.metrics import metrics

PROBES: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/livez": livez,
    "/readyz": readyz,
    "/metrics": metrics,
}


def answer_probes(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware, to stand first: /livez, /readyz and /metrics, whatever host was asked for."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info)
        return probe(request) if probe else cast(HttpResponseBase, get_response(request))

    return answer
