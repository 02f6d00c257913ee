"""An index for lists of sightings that say "look closer", built while cameras go on writing sightings."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("streams", "0013_liveness_hint")]

    operations = [
        ValidateConstraint("sighting", "sighting_look_closer_for_a_reason"),
        # An attempt that was broken off leaves an index by this name that is no good.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS sighting_look_closer", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "sighting",
            models.Index(
                condition=Q(look_closer=True), fields=["-first_seen_at", "-id"], name="sighting_look_closer"
            ),
        ),
    ]
