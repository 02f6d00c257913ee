"""Whether this process lives and is ready: for Kubernetes, for load balancers, and for scripts that wait."""

from collections.abc import Callable

from channels.layers import get_channel_layer
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from redis.exceptions import RedisError

from streams.erasing import brought_back


@login_not_required
@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers. Asks nothing of others: a dead database must not restart the web."""
    return JsonResponse({"status": "alive"})


@login_not_required
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when requests can be served, else 503 with what is missing. Says nothing that is worth hiding."""
    problems = {name: problem for name, check in CHECKS.items() if (problem := check())}
    answer = JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)
    # Being asked too early is no error: Django would log each such answer as one.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "not reachable"
    return f"{len(plan)} migrations are not applied" if plan else ""


def _cache() -> str:
    try:
        cache.set("readyz", 1, timeout=5)
    except (OSError, RedisError):  # redis-py's ConnectionError is no OSError
        return "not reachable"
    return ""


def _channel_layer() -> str:
    return "" if get_channel_layer() else "not configured"


def require(name: str, check: Callable[[], str]) -> None:
    """Make `check` part of this process's readiness: it returns what is missing, or an empty text."""
    CHECKS[name] = check


def _restored() -> str:
    return brought_back.SAYS if brought_back.is_noted() else ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "restored": _restored,
    "cache": _cache,
    "channel_layer": _channel_layer,
}
