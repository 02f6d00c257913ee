"""The built-in roles of a site, and what brings them up to the table in rights.py after every `migrate`.

A role is a Django group that nobody changes in the admin. Administrators of release 0.1 could change, rename or delete
it, and an upgrade leaves that alone: it gives only the rights that the table has gained since the last upgrade, and
takes only those that the table has lost. A role that was renamed is a group of the site's own.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping

from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from people.accounts.rights import ROLES

logger = logging.getLogger(__name__)


class BuiltInRole(models.Model):
    """One role of the table, as this site was last given it."""

    name = models.CharField(max_length=150, primary_key=True)
    """Of the group, when it was made."""
    given = ArrayField(models.CharField(max_length=200), default=list)
    """The rights that the table named then."""

    class Meta:
        app_label = "people"
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


@transaction.atomic
def bring_up_roles(table: Mapping[str, frozenset[str]] = ROLES) -> None:
    """Makes the groups of new roles, and gives and takes what the table has gained and lost since the last time.

    A group that the site made itself under the name of a new role is left alone: its members were not meant.
    """
    permissions = {_name_of(each): each for each in Permission.objects.select_related("content_type")}
    for name, wanted in sorted(table.items()):
        group = Group.objects.filter(name=name).first()
        role = BuiltInRole.objects.select_for_update().filter(name=name).first()
        if role is None and group is not None:
            logger.warning("the group %s is the site's own: the built-in role of this name is not made", name)
            continue
        if role is None:
            role, group = BuiltInRole.objects.create(name=name), Group.objects.create(name=name)
        given = frozenset(role.given)
        if group is not None:  # an administrator has deleted or renamed it otherwise
            group.permissions.add(*(permissions[right] for right in wanted - given))
            group.permissions.remove(*(permissions[right] for right in given - wanted if right in permissions))
        if given != wanted:
            role.given = sorted(wanted)
            role.save(update_fields=["given"])


def is_built_in(group: Group) -> bool:
    """Returns whether the group is a role of the table; one of the site's own may have the same name."""
    return group.name in ROLES and BuiltInRole.objects.filter(name=group.name).exists()


def _name_of(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"
