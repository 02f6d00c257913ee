"""Changes to a site's own groups of users: they hold the rule of granting.py, and built-in roles stay as they are."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission, User

from people.accounts.granting import governed
from people.accounts.roles import is_built_in
from people.base.doorbells import ring_viewers
from people.base.history import log_added, log_changed, log_deleted
from people.errors import BuiltInRoleStays

logger = logging.getLogger(__name__)


def save_group(*, group: Group, rights: Iterable[Permission], by: User) -> Group:
    """Saves a new or changed group, already validated, with exactly `rights`."""
    is_new = group._state.adding
    with governed(groups=[group], by=by):
        if not is_new:
            _refuse_built_in(Group.objects.get(pk=group.pk))
        group.save()
        group.permissions.set(rights)
        log = log_added if is_new else log_changed
        log(group, "Added." if is_new else "Changed name or rights.", by=by)
        ring_viewers()
    logger.info("group of users %s saved, by %s", group.pk, by.pk)
    return group


def delete_group(*, group: Group, by: User) -> None:
    """Deletes a group; its members lose what only the group let them do."""
    _refuse_built_in(group)
    with governed(groups=[group], by=by):
        log_deleted([group], by=by)
        key = group.pk
        group.delete()
        ring_viewers()
    logger.info("group of users %s deleted, by %s", key, by.pk)


def _refuse_built_in(group: Group) -> None:
    if is_built_in(group):
        raise BuiltInRoleStays(group.name)
