"""Tells the database who is at work, so that its triggers can write down who changed a row.

Each statement that writes to a watched table carries the actor itself, as it carries its time limit
(people/base/statement_limit.py): that also works through PgBouncer, and no service can forget it.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, empty

from people.audit.watched import WATCHED
from people.base.client_address import client_address

_WRITES = re.compile(
    r"\s*(?:SET LOCAL statement_timeout = \d+; )?(?:INSERT INTO|UPDATE|DELETE FROM) "
    rf'"(?:{"|".join(sorted(WATCHED))})"'
)
MOST_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is at work, as an entry names them. `user` and `key`: ids; `who`: a name, of a program if no user is."""

    who: str
    user: int | None = None
    key: int | None = None
    key_name: str = ""
    address: str = ""
    request_id: str = ""

    @classmethod
    def of(cls, user: Any, *, address: str = "", request_id: str = "") -> Actor:
        """Returns the actor for a user, or for the user of an API key; for nobody, if nobody is logged in."""
        if user is None or user.pk is None:
            return cls("nobody logged in", address=address, request_id=request_id)
        key = getattr(user, "key", None)  # only a KeyUser has one
        name = user.get_username()[:MOST_LETTERS]
        return cls(name, user.pk, key.pk if key else None, key.name[:MOST_LETTERS] if key else "", address, request_id)

    @classmethod
    def of_request(cls, request: HttpRequest) -> Actor:
        """Returns the actor of a request. It asks the database nothing: whom nobody has asked for is nobody yet."""
        user: Any = getattr(request, "user", None)
        if isinstance(user, SimpleLazyObject) and user._wrapped is empty:
            user = None
        return cls.of(
            user,
            address=client_address(request) if settings.AUDIT_ADDRESSES else "",
            request_id=getattr(request, "request_id", ""),
        )

    @classmethod
    def program(cls) -> Actor:
        """Returns this process as the actor: "runworker", "shell", "tidy"."""
        words = [Path(sys.argv[0]).name, *sys.argv[1:2]] if sys.argv else ["python"]
        return cls(f"the program {' '.join(words)}"[:MOST_LETTERS])


_now: ContextVar[Callable[[], Actor] | None] = ContextVar("acting", default=None)


@contextmanager
def acting(actor: Callable[[], Actor]) -> Iterator[None]:
    """Lets whatever is written in the block be written by `actor`, which is asked at each write."""
    token = _now.set(actor)
    try:
        yield
    finally:
        _now.reset(token)


@contextmanager
def at_work(by: Any) -> Iterator[None]:
    """Says to the database that the user `by` is at work, if the request has not said so already."""
    if actor_now().user == by.pk:
        yield
    else:
        with acting(lambda: Actor.of(by)):
            yield


def actor_now() -> Actor:
    return (_now.get() or Actor.program)()


def say_who_acts(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Adds the actor to a statement that writes to a watched table: an execute wrapper of every connection."""
    if isinstance(sql, str) and _WRITES.match(sql):
        sql = f"SET LOCAL facesite.actor = {_literal(asdict(actor_now()))}; {sql}"
    return execute(sql, params, many, context)


def _literal(said: dict[str, Any]) -> str:
    """Returns JSON as an SQL text in which nothing ends the text, and no % is taken for a parameter."""
    text = json.dumps({name: value for name, value in said.items() if value not in (None, "")})
    return "'" + text.replace("'", "\\u0027").replace("%", "\\u0025") + "'"
