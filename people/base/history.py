"""Log of who did what: services write entries to the admin's log, so API and admin leave the same history."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.utils.text import get_text_list

from people.base.site_time import time_words

Actor = AbstractBaseUser | AnonymousUser | None
"""The user who asked for a change; None for commands and the system itself, which leave no entry."""
MOST_ASKED = 500
"""Characters of what narrowed a list: an address can have thousands."""
_QUOTED = re.compile("“[^”]*”")


def log_added(row: Model, words: str = "", *, by: Actor) -> None:
    _write([(row, words or "Added.")], ADDITION, by)


def log_changed(row: Model, words: str, *, by: Actor) -> None:
    _write([(row, words)], CHANGE, by)


def log_each_changed(changes: Iterable[tuple[Model, str]], *, by: Actor) -> None:
    """Logs several rows, each with its own words, in one query."""
    _write(changes, CHANGE, by)


def log_deleted(rows: Iterable[Model], words: str = "", *, by: Actor) -> None:
    """Logs that `rows` are deleted. Call it before the deletion: an entry contains the row's name."""
    _write(((row, words or "Deleted.") for row in rows), DELETION, by)


def log_downloaded(file: str, *, asked: str, by: Actor) -> None:
    """Logs that somebody took a list with them: the name of the file, and what narrowed the list."""
    if by is None or not by.pk:
        return
    words = f"Downloaded: {asked[:MOST_ASKED]}." if asked else "Downloaded, without a filter."
    LogEntry.objects.create(
        user_id=by.pk, object_repr=file[:200], action_flag=CHANGE, change_message=words + _with_key(by)
    )


def _write(rows: Iterable[tuple[Model, str]], action: int, by: Actor) -> None:
    if by is None or not by.pk:
        return
    suffix = _with_key(by)
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=by.pk,
            content_type=get_content_type_for_model(row),
            object_id=str(row.pk),
            object_repr=str(row)[:200],
            action_flag=action,
            change_message=words + suffix,
        )
        for row, words in rows
    )


def name_of(by: Actor) -> str:
    """Returns the names of a user and of the key that they use, as they are now."""
    if by is None or not by.pk:
        return "the system"
    key = getattr(by, "key", None)  # only a KeyUser has one
    return f"{by.get_username()} with the key {key.name}" if key else str(by.get_username())


def _with_key(by: Actor) -> str:
    key = getattr(by, "key", None)  # only a KeyUser has one
    return f" With the API key “{key.name}”." if key else ""


def changed_in_words(before: Model, after: Model, *more: str) -> str:
    """Returns "Changed name and notes.": the verbose names of the columns that differ, and `more`; "" for none."""
    columns = [
        str(field.verbose_name)
        for field in after._meta.concrete_fields
        if field.value_from_object(before) != field.value_from_object(after)
        and not getattr(field, "auto_now", False)
        and not field.generated
        and not getattr(field, "is_derived", False)
    ]
    names = [*columns, *more]
    return f"Changed {get_text_list(names, 'and')}." if names else ""


def without_names(words: str) -> str:
    """Returns the words of an entry without quoted names, which may be those of rows that a reader may not see."""
    return _QUOTED.sub("“…”", words)


def last_change_in_words(row: Model) -> str:
    """Returns the newest entry of `row`: "Ann, 23 Nov 2025, 12:03:00 CET: Changed name."; "" if there is none.

    Without quoted names, because whoever may edit the row need not know them all.
    """
    entries = LogEntry.objects.filter(content_type=get_content_type_for_model(row), object_id=str(row.pk))
    entry = entries.select_related("user").order_by("-action_time", "-pk").first()
    if entry is None:
        return ""
    return f"{entry.user.get_username()}, {time_words(entry.action_time)}: {without_names(entry.get_change_message())}"
