"""The five roles as groups, with exactly these rights; what an administrator changes later is left alone."""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def rights(app: str, verbs: str, models: str) -> set[str]:
    return {f"{app}.{verb}_{model}" for verb in verbs.split() for model in models.split()}


SEE_PEOPLE = rights("people", "view", "person photo watchlist galleryversion")
SEE_CAMERAS = rights("streams", "view", "camera camerastatus sighting detection")
ROLES: dict[str, set[str]] = {
    "viewer": SEE_PEOPLE | SEE_CAMERAS,
    "operator": SEE_PEOPLE
    | SEE_CAMERAS
    | rights("streams", "add change delete", "camera")
    | rights("people", "add change delete", "watchlist")
    | {"people.recognise"},
    "enroller": SEE_PEOPLE
    | rights("people", "add change", "person")
    | rights("people", "add change delete", "photo")
    | {"people.retire_person", "people.recognise"},
    "auditor": SEE_PEOPLE
    | SEE_CAMERAS
    | rights("people", "view", "apikey decisionthresholds enginechoice")
    | rights("auth", "view", "user group")
    | {"admin.view_logentry"},
    "administrator": SEE_PEOPLE
    | SEE_CAMERAS
    | rights("people", "add change delete", "person photo watchlist")
    | rights("people", "view add change delete", "apikey decisionthresholds enginechoice")
    | {"people.retire_person", "people.recognise", "people.view_encoding", "people.delete_everybody"}
    | rights("streams", "add change delete", "camera")
    | rights("auth", "view add change delete", "user group")
    | {"admin.view_logentry"},
}


def make_roles(apps: Any, schema_editor: Any) -> None:
    """Permissions usually come after all migrations: here they are needed before."""
    for label in ("people", "streams", "auth", "admin"):
        create_permissions(installed.get_app_config(label), verbosity=0, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects.select_related("content_type")
    known = {f"{each.content_type.app_label}.{each.codename}": each for each in permissions}
    for role, names in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.add(*(known[name] for name in sorted(names)))


def remove_roles(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("people", "0007_api_keys"),
        ("streams", "0001_cameras"),
    ]
    operations = [migrations.RunPython(make_roles, remove_roles)]
