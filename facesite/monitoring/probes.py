"""Answers probes and Prometheus before any other middleware sees them.

Kubelets, load balancers and Prometheus ask by the pod's own address, which is no allowed host: Django would answer 400.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any, cast

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from facesite.monitoring.health import livez, readyz
from facesite.monitoring.metrics import metrics

PROBES: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/livez": livez,
    "/readyz": readyz,
    "/metrics": metrics,
}


@sync_and_async_middleware
def answer_probes(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware, to stand first: /livez, /readyz and /metrics, whatever host was asked for."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        probe = PROBES.get(request.path_info)
        return probe(request) if probe else cast(HttpResponseBase, get_response(request))

    async def answer_in_loop(request: HttpRequest) -> HttpResponseBase:
        if probe := PROBES.get(request.path_info):
            return await sync_to_async(probe)(request)
        return await cast(Awaitable[HttpResponseBase], get_response(request))

    return answer_in_loop if iscoroutinefunction(get_response) else answer
