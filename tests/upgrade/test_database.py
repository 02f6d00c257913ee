"""A database of an earlier release holds the same after `migrate`, and is what this release would have made."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.db import connection

from tests.upgrade.conftest import Upgraded, python

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]
GROW = {"django_migrations", "django_content_type", "auth_permission", "auth_group_permissions"}
"""Tables that a migration may add rows to: what it did, what there is now, and rights to it."""


def test_every_row_is_as_it_was(upgraded: Upgraded) -> None:
    """Columns that are new are not looked at. See the docstring of this package before you change anything here."""
    wrong = {}
    for table, before in upgraded.before.items():
        columns = before[0].keys() if before else ()
        was, now = counted(before, columns), counted(upgraded.after.get(table, []), columns)
        lost, new = was - now, now - was if table not in GROW else Counter()
        if lost or new:
            wrong[table] = {"lost": list(lost), "new": list(new)}
    assert not wrong


def counted(rows: list[dict[str, Any]], columns: Iterable[str]) -> Counter[str]:
    return Counter(json.dumps([(name, row.get(name, "no such column")) for name in columns]) for row in rows)


def test_the_dump_has_something_of_everything(upgraded: Upgraded) -> None:
    """Else a migration could spoil what nobody looks at. Tables that came after the dump are not in it."""
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert not [table for table in known if upgraded.before.get(table) == []]


def test_rights_that_an_administrator_gave_and_took_stay_so(upgraded: Upgraded) -> None:
    operator = upgraded.now["roles"]["operator"]
    assert "people.view_apikey" in operator
    assert "people.delete_watchlist" not in operator


def test_roles_that_an_administrator_made_renamed_or_deleted_stay_so(upgraded: Upgraded) -> None:
    before, now = upgraded.told["roles"], upgraded.now["roles"]
    assert {"enroller", "auditor"}.isdisjoint(now)
    assert [now[role] for role in ("works council", "night shift")] == [
        before["works council"],
        ["streams.view_camera"],
    ]


def test_users_lose_no_right(upgraded: Upgraded) -> None:
    lost = {name: set(rights) - set(upgraded.now["users"][name]) for name, rights in upgraded.told["users"].items()}
    assert not {name: rights for name, rights in lost.items() if rights}


REWORDED = {
    # A look at a face is a detection since 0.2.0, as in the tables (docs/development.md, Words).
    "the looks at this face": "the detections of this face",
    "Unknown: one look came": "Unknown: one detection came",
    "Use a photo in which it is at least": "Use a photo in which the face is at least",
    "confirm, move or refuse it.": "confirm, move or refuse the photo.",
    "Unknown: nobody whom you may see.": "Unknown: it is nobody whom you may see.",
    # Exact distances are for those who may read encodings since 0.2.0 (docs/accuracy.md), and no caller here may.
    "because the distance 0.25 is within": "because the face is within",
    "the distance 0.25 would do for a name": "the face is near enough for a name",
    "one detection came within 0.25 of": "one detection came near",
    "another enrolled person (distance 0.3).": "another enrolled person.",
}
"""Sentences that the site makes while it answers, and that a later release words in another way."""


LIMITS = (0.30, 0.36, 2.0)
"""The dump's match and review, and the greatest distance."""


def test_the_api_answers_each_caller_as_before(upgraded: Upgraded) -> None:
    """Keys, a token and a session from before; what each sees is limited as it was, and may have gained fields."""
    wrong = [
        (caller, url, different)
        for caller, answers in upgraded.told["answers"].items()
        for url, answer in answers.items()
        if (different := difference(answer, upgraded.now["answers"][caller][url]))
    ]
    assert not wrong


def difference(before: Any, now: Any, where: str = "") -> str:
    """The first place where `now` does not say what `before` said; more it may say."""
    if isinstance(before, dict) and isinstance(now, dict):
        told = {name: value for name, value in before.items() if name != "at"}  # the moment of the answer itself
        pairs = ((name, value, now.get(name, "nothing")) for name, value in told.items())
        found = (
            difference(was, is_now, f"{where}.{name}") for name, was, is_now in pairs if not _coarser(name, was, is_now)
        )
        return next(filter(None, found), "")
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        found = (difference(*pair, f"{where}[{place}]") for place, pair in enumerate(zip(before, now, strict=True)))
        return next(filter(None, found), "")
    before = reworded(before) if isinstance(before, str) else before
    return "" if before == now else f"{where}: {before!r} was, {now!r} is"


def _coarser(name: str, was: Any, now: Any) -> bool:
    """Whether a distance is told as the limit that it is within, and what tells more not at all (since 0.2.0)."""
    if name == "distance" and isinstance(was, float):
        return now == "nothing" or now == next(limit for limit in LIMITS if was <= limit)
    return name == "margin" and now is None


def reworded(sentence: str) -> str:
    for was, now in REWORDED.items():
        sentence = sentence.replace(was, now)
    return sentence


def test_passwords_of_cameras_can_still_be_opened(upgraded: Upgraded) -> None:
    assert python(upgraded.var, "manage.py", "reseal_cameras").startswith(
        "1 passwords and the secrets of 0 channels are"
    )


def test_makemigrations_finds_nothing_to_do(upgraded: Upgraded) -> None:
    assert "No changes detected" in python(upgraded.var, "manage.py", "makemigrations", "--check", "--dry-run")


@pytest.mark.django_db
def test_the_upgraded_database_is_built_like_a_new_one(upgraded: Upgraded) -> None:
    """Columns, constraints, indexes, triggers and functions: other ways to the same end would part for ever."""
    with psycopg2.connect(host=upgraded.host, user="postgres", dbname="postgres") as old, old.cursor() as cursor:
        upgraded_parts = parts(cursor)
    with connection.cursor() as cursor:
        assert parts(cursor) == upgraded_parts


PARTS = """
SELECT table_name || '.' || column_name, concat_ws(' ', udt_name, character_maximum_length, is_nullable, column_default)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS
(SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
"""


def parts(cursor: Any) -> set[tuple[str, str]]:
    cursor.execute(PARTS)
    return {(name, told_in_one_way(definition)) for name, definition in cursor.fetchall()}


def told_in_one_way(definition: str) -> str:
    """Postgres writes a list of texts in a condition in another way once it was dumped and restored."""
    return re.sub(r"::character varying|::text(\[\])?|[()\s]", "", definition)
