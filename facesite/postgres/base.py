"""Django's Postgres backend with wrappers: statements are limited, and writes say who acts.

See people/base/statement_limit.py and people/audit/acting.py.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base

from people.audit.acting import say_who_acts
from people.base.statement_limit import limit_statement


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers += [limit_statement, say_who_acts]
