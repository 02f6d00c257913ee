"""Who used the site on one day more than most: searches by a face, people looked at, copies taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from people.audit.times import first_chained_at

SEARCHES, PEOPLE, COPIES = 20, 50, 5
"""Of one user on one day: from these numbers on a line is marked. An auditor may choose others."""
MOST_USERS = 200
COUNTS = """
WITH day AS MATERIALIZED (
    SELECT "user", who, key_name, action, about FROM people_auditentry
    WHERE number >= %(first)s AND at >= %(since)s AND at < %(until)s
      AND action NOT IN ('added', 'changed', 'deleted', 'lost', 'forgot', 'emptied')
), counted AS (
    SELECT "user", who, key_name, count(*) FILTER (WHERE action IN ('searched', 'recognised', 'verified')) searches,
           count(*) FILTER (WHERE action = 'exported') copies,
           count(*) FILTER (WHERE action = 'watched') live, count(*) looks
    FROM day GROUP BY 1, 2, 3
), seen AS (
    SELECT "user", who, key_name, count(DISTINCT each) people
    FROM day CROSS JOIN LATERAL unnest(about) each WHERE each LIKE 'person:%%' GROUP BY 1, 2, 3
)
SELECT counted."user", counted.who, counted.key_name, searches, coalesce(people, 0), copies, live, looks
FROM counted LEFT JOIN seen ON seen.who = counted.who AND seen.key_name = counted.key_name
                           AND seen."user" IS NOT DISTINCT FROM counted."user"
ORDER BY searches DESC, 5 DESC, looks DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """What one user, or one API key of theirs, looked at on one day."""

    user: int | None
    who: str
    key_name: str
    searches: int
    """Searches by a face, and pictures recognised and compared."""
    people: int
    """Different people whose pages, pictures or sightings they saw."""
    copies: int
    live: int
    looks: int
    """Everything together."""

    def is_unusual(self, searches: int = SEARCHES, people: int = PEOPLE, copies: int = COPIES) -> bool:
        return self.searches >= searches or self.people >= people or self.copies >= copies


def use_on(day: date) -> list[DayOfUse]:
    """Returns who looked at anything on `day` in the site's time zone, most searches first."""
    since = timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())
    until = since + timedelta(days=1)
    asked: dict[str, int | datetime] = {
        "first": first_chained_at(since), "since": since, "until": until, "most": MOST_USERS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, asked)
        return [DayOfUse(*row) for row in cursor.fetchall()]
