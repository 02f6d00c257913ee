"""Attacks on the audit: reading it without being an auditor, and changing what stands there."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from people.audit.verifying import verify
from tests.attacks.attackers import Attacker
from tests.attacks.table import attack
from tests.attacks.world import World
from tests.people.audit.rows import entry

MAY = ("auditor", "administrator")


@attack("audit", "Nobody changes or deletes what was written down, and nobody who is limited reads it.")
def anothers_looks(attacker: Attacker, world: World) -> None:
    made = entry(who="somebody else", about=[f"person:{world.outside.pk}"])
    for answer in (
        attacker.pages.get("/audit/"),
        attacker.pages.get(f"/audit/{made.number}/"),
        attacker.pages.get("/audit/csv/"),
        attacker.pages.get("/audit/use/"),
        attacker.api.get("/api/v1/audit/"),
        attacker.api.get(f"/api/v1/audit/{made.number}/"),
    ):
        assert (answer.status_code == 200) == (attacker.name in MAY), answer.status_code
        assert answer.status_code in (200, 302, 401, 403)
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(attacker.api, method)(f"/api/v1/audit/{made.number}/", {"who": "x"}, format="json")
        assert answer.status_code in (401, 403, 405)
    for statement in ("UPDATE people_auditentry SET who = 'x'", "DELETE FROM people_auditentry"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert verify().fault == ""
