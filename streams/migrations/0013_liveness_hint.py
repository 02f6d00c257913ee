"""Sightings say whether their face may be a held picture, and cameras whether they give this hint. Scans no table."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("streams", "0012_smaller_faces_and_threshold_engines")]

    operations = [
        migrations.AddField(
            "camera",
            "liveness_hint",
            models.BooleanField(
                "hint at held pictures",
                db_default=False,
                default=False,
                help_text=(
                    "A sighting says “look closer” if its face may be a picture held before the camera: a print, a "
                    "book cover, a phone. A hint and no proof."
                ),
            ),
        ),
        migrations.AddField("sighting", "look_closer", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("sighting", "liveness", models.FloatField(blank=True, null=True)),
        AddConstraintNotValid(
            "sighting",
            models.CheckConstraint(
                condition=Q(look_closer=False) | Q(liveness__isnull=False), name="sighting_look_closer_for_a_reason"
            ),
        ),
    ]
