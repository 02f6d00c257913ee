"""An index that tells how long the longest sightings are, built while cameras go on writing; and verdicts in words."""

import datetime

import django.db.models.lookups
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import ExpressionWrapper, F

LENGTH = ExpressionWrapper(F("last_seen_at") - F("first_seen_at"), output_field=models.DurationField())
VERDICTS = [("match", "certain"), ("review", "likely"), ("unknown", "unknown")]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("streams", "0022_nearest_strangers")]

    operations = [
        migrations.AlterField("detection", "verdict", models.CharField(choices=VERDICTS, max_length=10)),
        migrations.AlterField("sighting", "verdict", models.CharField(choices=VERDICTS, max_length=10)),
        migrations.AlterField("editedsighting", "verdict", models.CharField(choices=VERDICTS, max_length=10)),
        migrations.AlterField(
            "sighting", "machine_verdict", models.CharField(blank=True, choices=VERDICTS, max_length=10, null=True)
        ),
        # An attempt that was broken off leaves an index by this name that is no good.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS sighting_long", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "sighting",
            models.Index(
                LENGTH,
                condition=models.Q(django.db.models.lookups.GreaterThan(LENGTH, datetime.timedelta(hours=1))),
                name="sighting_long",
            ),
        ),
    ]
