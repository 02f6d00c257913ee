"""The policy of the site says what becomes of the sightings of people who are erased."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0037_four_eyes_in_the_database"),
    ]

    operations = [
        migrations.AddField(
            model_name="sitepolicy",
            name="keeps_nameless_sightings",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="When somebody is erased, their sightings stay as times, without a name, face or picture. Else they are deleted.",
            ),
        ),
    ]
