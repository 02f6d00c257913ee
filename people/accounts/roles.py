"""The built-in roles of a site, and what brings them up to the table in rights.py after every `migrate`.

A role is a Django group. An administrator may change it, rename it or delete it, and an upgrade leaves that alone: it
gives only the rights that the table has gained since the last upgrade, and takes only those that the table has lost.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import Group, Permission
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction

from people.accounts.rights import ROLES


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
    """Makes the groups of new roles, and gives and takes what the table has gained and lost since the last time."""
    permissions = {_name_of(each): each for each in Permission.objects.select_related("content_type")}
    for name, wanted in sorted(table.items()):
        role, is_new = BuiltInRole.objects.select_for_update().get_or_create(name=name)
        if is_new:
            Group.objects.get_or_create(name=name)
        group, given = Group.objects.filter(name=name).first(), frozenset(role.given)
        if group is not None:  # an administrator has deleted or renamed it otherwise
            group.permissions.add(*(permissions[right] for right in wanted - given))
            group.permissions.remove(*(permissions[right] for right in given - wanted if right in permissions))
        if given != wanted:
            role.given = sorted(wanted)
            role.save(update_fields=["given"])


def _name_of(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"
