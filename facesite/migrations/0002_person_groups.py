"""Administrators keep groups of people and say who is limited to them; auditors read both."""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

MODELS = ("persongroup", "personlimit")
ADDED: dict[str, set[str]] = {
    "auditor": {f"people.view_{model}" for model in MODELS},
    "administrator": {f"people.{verb}_{model}" for model in MODELS for verb in ("view", "add", "change", "delete")},
}


def add_rights(apps: Any, schema_editor: Any) -> None:
    """To roles that are still there: one that an administrator deleted or renamed is left alone."""
    create_permissions(installed.get_app_config("people"), verbosity=0, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="people")
    known = {f"people.{permission.codename}": permission for permission in permissions}
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ADDED):
        group.permissions.add(*(known[name] for name in sorted(ADDED[group.name])))


class Migration(migrations.Migration):
    dependencies = [("facesite", "0001_roles"), ("people", "0008_limits")]
    operations = [migrations.RunPython(add_rights, migrations.RunPython.noop)]
