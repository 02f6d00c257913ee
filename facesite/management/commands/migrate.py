"""`manage.py migrate`: Django's own, which then brings the built-in roles up to the table of rights."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS

from people.accounts.roles import bring_up_roles


class Command(DjangoMigrate):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        is_whole = not options["app_label"] and not options["plan"] and not options["check_unapplied"]
        if is_whole and options["database"] == DEFAULT_DB_ALIAS:  # the rights of all apps are there now
            bring_up_roles()
