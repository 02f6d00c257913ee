"""As which stranger an unknown face is shown while it is in sight."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("streams", "0028_whole_frames")]

    operations = [
        migrations.AddField(
            "sighting",
            "seen_as",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="streams.stranger",
            ),
        ),
        AddIndexConcurrently(
            "sighting", models.Index(fields=["seen_as"], name="sighting_seen_as", condition=Q(seen_as__isnull=False))
        ),
    ]
