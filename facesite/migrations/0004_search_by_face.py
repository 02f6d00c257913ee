"""Operators and administrators may search sightings by a face; auditors and administrators see who did."""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations

ADDED: dict[str, set[str]] = {
    "operator": {"streams.search_sightings"},
    "auditor": {"streams.view_searchlog"},
    "administrator": {"streams.search_sightings", "streams.view_searchlog"},
}


def add_rights(apps: Any, schema_editor: Any) -> None:
    """To roles that are still there: one that an administrator deleted or renamed is left alone."""
    create_permissions(installed.get_app_config("streams"), verbosity=0, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="streams")
    known = {f"streams.{permission.codename}": permission for permission in permissions}
    for group in apps.get_model("auth", "Group").objects.filter(name__in=ADDED):
        group.permissions.add(*(known[name] for name in sorted(ADDED[group.name])))


class Migration(migrations.Migration):
    dependencies = [("facesite", "0003_camera_groups"), ("streams", "0006_search_by_face")]
    operations = [migrations.RunPython(add_rights, migrations.RunPython.noop)]
