"""`manage.py migrate`: Django's own, which then brings roles, triggers and the schedule up to their tables."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import DEFAULT_DB_ALIAS

from people.accounts.roles import bring_up_roles
from people.audit.watched import bring_up_triggers
from people.records.keeping_term import bring_up_terms


class Command(DjangoMigrate):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        is_whole = not options["app_label"] and not options["plan"] and not options["check_unapplied"]
        if is_whole and options["database"] == DEFAULT_DB_ALIAS:  # the rights of all apps are there now
            bring_up_roles()
            bring_up_triggers()
            bring_up_terms()
