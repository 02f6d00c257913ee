"""The built-in roles as a site was last given them, beginning with what 0.1 gave."""

from typing import Any

import django.contrib.postgres.fields
from django.db import migrations, models

# As the migrations of 0.1 made them. Later changes stand in people/accounts/rights.py and come with every migrate.
GIVEN_BY_0_1 = {
    "viewer": [
        "people.view_galleryversion",
        "people.view_person",
        "people.view_photo",
        "people.view_watchlist",
        "streams.view_camera",
        "streams.view_camerastatus",
        "streams.view_detection",
        "streams.view_sighting",
    ],
    "operator": [
        "people.add_watchlist",
        "people.change_watchlist",
        "people.delete_watchlist",
        "people.recognise",
        "people.view_galleryversion",
        "people.view_person",
        "people.view_photo",
        "people.view_watchlist",
        "streams.add_camera",
        "streams.change_camera",
        "streams.delete_camera",
        "streams.search_sightings",
        "streams.view_camera",
        "streams.view_camerastatus",
        "streams.view_detection",
        "streams.view_sighting",
    ],
    "enroller": [
        "people.add_person",
        "people.add_photo",
        "people.change_person",
        "people.change_photo",
        "people.delete_photo",
        "people.recognise",
        "people.retire_person",
        "people.view_galleryversion",
        "people.view_person",
        "people.view_photo",
        "people.view_watchlist",
    ],
    "auditor": [
        "admin.view_logentry",
        "auth.view_group",
        "auth.view_user",
        "people.view_apikey",
        "people.view_decisionthresholds",
        "people.view_enginechoice",
        "people.view_galleryversion",
        "people.view_person",
        "people.view_persongroup",
        "people.view_personlimit",
        "people.view_photo",
        "people.view_watchlist",
        "streams.view_camera",
        "streams.view_cameragroup",
        "streams.view_cameralimit",
        "streams.view_camerastatus",
        "streams.view_detection",
        "streams.view_searchlog",
        "streams.view_sighting",
    ],
    "administrator": [
        "admin.view_logentry",
        "auth.add_group",
        "auth.add_user",
        "auth.change_group",
        "auth.change_user",
        "auth.delete_group",
        "auth.delete_user",
        "auth.view_group",
        "auth.view_user",
        "people.add_apikey",
        "people.add_decisionthresholds",
        "people.add_enginechoice",
        "people.add_person",
        "people.add_persongroup",
        "people.add_personlimit",
        "people.add_photo",
        "people.add_watchlist",
        "people.change_apikey",
        "people.change_decisionthresholds",
        "people.change_enginechoice",
        "people.change_person",
        "people.change_persongroup",
        "people.change_personlimit",
        "people.change_photo",
        "people.change_watchlist",
        "people.delete_apikey",
        "people.delete_decisionthresholds",
        "people.delete_enginechoice",
        "people.delete_everybody",
        "people.delete_person",
        "people.delete_persongroup",
        "people.delete_personlimit",
        "people.delete_photo",
        "people.delete_watchlist",
        "people.recognise",
        "people.retire_person",
        "people.view_apikey",
        "people.view_decisionthresholds",
        "people.view_encoding",
        "people.view_enginechoice",
        "people.view_galleryversion",
        "people.view_person",
        "people.view_persongroup",
        "people.view_personlimit",
        "people.view_photo",
        "people.view_watchlist",
        "streams.add_camera",
        "streams.add_cameragroup",
        "streams.add_cameralimit",
        "streams.change_camera",
        "streams.change_cameragroup",
        "streams.change_cameralimit",
        "streams.delete_camera",
        "streams.delete_cameragroup",
        "streams.delete_cameralimit",
        "streams.search_sightings",
        "streams.view_camera",
        "streams.view_cameragroup",
        "streams.view_cameralimit",
        "streams.view_camerastatus",
        "streams.view_detection",
        "streams.view_searchlog",
        "streams.view_sighting",
    ],
}


def write_down(apps: Any, schema_editor: Any) -> None:
    roles = apps.get_model("people", "BuiltInRole").objects
    for name, given in GIVEN_BY_0_1.items():
        roles.get_or_create(name=name, defaults={"given": given})


class Migration(migrations.Migration):
    dependencies = [("people", "0016_limits_alike")]
    operations = [
        migrations.CreateModel(
            name="BuiltInRole",
            fields=[
                ("name", models.CharField(max_length=150, primary_key=True, serialize=False)),
                (
                    "given",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), default=list, size=None
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunPython(write_down, migrations.RunPython.noop),
    ]
