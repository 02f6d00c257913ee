"""How long one statement may keep a web request waiting, whatever lies between us and Postgres.

Each statement of such a request brings its own `SET LOCAL`, in the same message: without a transaction the two are
one, and nothing is left behind on a connection. A session's setting would go to others behind PgBouncer in transaction
mode, and the setting as a connection begins is refused by it. Workers, commands and migrations have no limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.utils import OperationalError
from psycopg2.errors import QueryCanceled

from people.errors import PeopleError

_limit_s: ContextVar[float | None] = ContextVar("statement_limit_s", default=None)
# Not BEGIN, SAVEPOINT or ROLLBACK TO: those are instant, and the last must work where all else is refused.
_LIMITED = re.compile(r"\s*\(*(SELECT|INSERT|UPDATE|DELETE|WITH|LOCK)\b", re.IGNORECASE)


@contextmanager
def statement_limit(seconds: float) -> Iterator[None]:
    """Each statement within ends after `seconds` with the OperationalError that `is_too_slow` knows; 0: no limit."""
    token = _limit_s.set(seconds or None)
    try:
        yield
    finally:
        _limit_s.reset(token)


def limit_statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """As `connection.execute_wrapper` takes it; every connection of the site has it."""
    seconds = _limit_s.get()
    # A cursor on the server wraps the statement into one of its own.
    is_named = getattr(context["cursor"], "name", None) is not None
    if seconds is not None and not is_named and isinstance(sql, str) and _LIMITED.match(sql):
        sql = f"SET LOCAL statement_timeout = {round(1000 * seconds)}; {sql}"
    return execute(sql, params, many, context)


class TookTooLong(PeopleError):
    """What callers are told of a statement that was broken off."""

    code = "took_too_long"
    retry_after_s = 30

    def __init__(self) -> None:
        super().__init__(
            "The database did not answer in time, and what was going on was broken off: "
            "ask for less, or try again in a minute."
        )


def is_too_slow(error: BaseException | None) -> bool:
    """Whether a statement was broken off because it took too long."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled)
