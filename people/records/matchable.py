"""Who is matchable: the one answer to who may be in a gallery. A view of the database gives it (migration 0033)."""

from __future__ import annotations

from typing import Any

from django.db import models


class Matchable(models.Model):
    """One row for each person who may be recognised now; whatever builds or searches a gallery reads this view.

    Somebody is matchable while they are active, not *never match*, and have a valid basis. Without any basis they are
    matchable, too, unless the site's policy asks for one; but not after a withdrawal, whatever the policy.
    """

    person_id = models.UUIDField(primary_key=True)
    """No foreign key: merges move whatever has one, and a view takes no writes."""

    class Meta:
        app_label = "people"
        managed = False
        db_table = "people_matchable"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.person_id)


def matchable_people() -> Any:
    """Returns the ids of everybody who is matchable, as a subquery."""
    return Matchable.objects.values("person_id")
