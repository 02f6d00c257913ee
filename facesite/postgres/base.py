"""Django's Postgres backend with the wrapper that limits statements (people/base/statement_limit.py)."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from people.base.statement_limit import limit_statement


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(limit_statement)
