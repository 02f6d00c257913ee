"""Filters by which pages of Django's admin keep names of other groups from users who are limited to some."""

from __future__ import annotations

from typing import Any

from django import template

from people.base.history import without_names
from people.records.groups import person_limits
from streams.records.groups import camera_limits

register = template.Library()


@register.filter
def is_limited(user: Any) -> bool:
    """Returns whether `user` sees only some groups of people or of cameras."""
    return bool(person_limits(user) or camera_limits(user))


@register.filter
def told_to(entries: Any, user: Any) -> Any:
    """Takes the names of others out of a history, for limited users: a merged person may be of another group."""
    if is_limited(user):
        for entry in entries:
            entry.change_message = without_names(entry.get_change_message())
    return entries


@register.filter
def chosen_for(rows: Any, user: Any) -> Any:
    """Leaves only the chosen rows in what a deletion takes with it, for limited users; the numbers stay.

    `rows` is nested as Django nests it: each row is followed by a list of what hangs on it, such as entries of a log.
    """
    return [row for row in rows if not isinstance(row, list)] if is_limited(user) else rows


@register.filter
def in_one_list(rows: Any) -> list[Any]:
    """Returns a list with `rows` as its only item, as Django's page of several deletions wants them."""
    return [rows]
