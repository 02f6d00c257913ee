"""The time limit of each statement in a web request, which also works through PgBouncer.

Each statement carries its own `SET LOCAL` in the same message. Outside a transaction Postgres runs such a message as
one transaction, so the setting never stays on the connection. Two other ways fail behind PgBouncer in transaction
mode: a session setting leaks to other clients, and PgBouncer refuses the setting as a start-up option. Workers,
commands and migrations have no limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.utils import OperationalError
from psycopg2.errors import QueryCanceled

_limit_s: ContextVar[float | None] = ContextVar("statement_limit_s", default=None)
# Not BEGIN, SAVEPOINT or ROLLBACK TO: they are instant, and ROLLBACK TO must work in a failed transaction.
_LIMITED = re.compile(r"\s*\(*(SELECT|INSERT|UPDATE|DELETE|WITH|LOCK)\b", re.IGNORECASE)


@contextmanager
def statement_limit(seconds: float) -> Iterator[None]:
    """Limits each statement in the block to `seconds`; 0 means no limit.

    A slower statement raises the OperationalError that `is_too_slow` recognises.
    """
    token = _limit_s.set(seconds or None)
    try:
        yield
    finally:
        _limit_s.reset(token)


def limit_statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Adds the limit to a statement: an execute wrapper (see `connection.execute_wrapper`) of every connection."""
    seconds = _limit_s.get()
    # A named (server-side) cursor wraps the statement in its own DECLARE, so nothing may stand before it.
    is_named = getattr(context["cursor"], "name", None) is not None
    if seconds is not None and not is_named and isinstance(sql, str) and _LIMITED.match(sql):
        sql = f"SET LOCAL statement_timeout = {round(1000 * seconds)}; {sql}"
    return execute(sql, params, many, context)


def is_too_slow(error: BaseException | None) -> bool:
    """Returns whether Postgres cancelled a statement because it took too long."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled)
