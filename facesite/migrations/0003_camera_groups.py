"""Administrators keep groups of cameras and say who is limited to them; auditors read both."""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

MODELS = ("cameragroup", "cameralimit")
ADDED: dict[str, set[str]] = {
    "auditor": {f"streams.view_{model}" for model in MODELS},
    "administrator": {f"streams.{verb}_{model}" for model in MODELS for verb in ("view", "add", "change", "delete")},
}


def add_rights(apps: Any, schema_editor: Any) -> None:
    """To roles that are still there: one that an administrator deleted or renamed is left alone."""
    create_permissions(installed.get_app_config("streams"), verbosity=0, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="streams")
    known = {f"streams.{permission.codename}": permission for permission in permissions}
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ADDED):
        group.permissions.add(*(known[name] for name in sorted(ADDED[group.name])))


class Migration(migrations.Migration):
    dependencies = [("facesite", "0002_person_groups"), ("streams", "0007_limits")]
    operations = [migrations.RunPython(add_rights, migrations.RunPython.noop)]
