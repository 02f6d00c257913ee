"""Whether a site is one that a backup may be restored into: nothing in it yet, and nobody at work."""

from __future__ import annotations

from typing import Any

from facesite.backup.errors import Refused
from facesite.backup.tables import quoted, tables_of

# Rows that a site has before anybody has used it: what migrations and the first log-ins and workers write.
FILLED_BY_ITSELF = {
    "django_migrations", "django_content_type", "django_session", "django_admin_log", "usersessions_usersession",
    "auth_permission", "auth_group", "auth_group_permissions", "people_builtinrole", "people_galleryversion",
    "streams_workerpresence",
    # The audit knows of the first administrator, and its chain is replaced by the backup's; the policy is one row,
    # and the schedule of keeping one for each kind.
    "people_audithead", "people_pendingentry", "people_auditentry", "people_auditanchor", "people_sitepolicy",
    "people_keepingterm",
}  # fmt: skip
USERS = "auth_user"
"""One row is the first administrator's, whom a container makes at its first start; the backup's users replace it."""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user
AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def check_unused(cursor: Any) -> None:
    """Raises Refused if somebody else is connected: a running site would mix what it knows with the backup."""
    cursor.execute(_OTHERS)
    if cursor.fetchone()[0]:
        raise Refused("This site is running: stop its web and its workers, restore, and start them again.")


def check_empty(cursor: Any) -> None:
    """Raises Refused if any table has rows that somebody made. A database without tables is empty."""
    tables = tables_of(cursor).keys() - FILLED_BY_ITSELF
    if used := sorted(table for table in tables if _rows(cursor, table) > (table == USERS)):
        raise Refused(
            f"This site is not empty ({', '.join(used[:3])}{' …' if len(used) > 3 else ''}): a backup is restored into "
            "a new site only, with an empty database and an empty folder VAR."
        )


def _rows(cursor: Any, table: str) -> int:
    """Returns 0, 1, or 2 for any more."""
    cursor.execute(f"SELECT count(*) FROM (SELECT FROM {quoted(table)} LIMIT 2) AS few")  # noqa: S608 - quoted
    return int(cursor.fetchone()[0])
