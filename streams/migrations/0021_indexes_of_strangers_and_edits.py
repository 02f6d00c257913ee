"""Indexes for strangers and edits, built while cameras go on writing sightings."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("streams", "0020_strangers_and_edits")]

    operations = [
        ValidateConstraint("sighting", "sighting_no_face_is_nobody"),
        ValidateConstraint("sighting", "sighting_machine_person_unless_unknown"),
        # An attempt that was broken off leaves indexes by these names that are no good.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS sighting_stranger", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "sighting",
            models.Index(condition=models.Q(('stranger__isnull', False)), fields=['stranger', '-first_seen_at'], name='sighting_stranger'),
        ),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS sighting_stranger_due", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "sighting",
            models.Index(condition=models.Q(('stranger_due', True)), fields=['last_seen_at'], name='sighting_stranger_due'),
        ),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS sighting_edit", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "sighting",
            models.Index(condition=models.Q(('edit__isnull', False)), fields=['edit'], name='sighting_edit'),
        ),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS sighting_machine_person", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "sighting",
            models.Index(condition=models.Q(('machine_person__isnull', False)), fields=['machine_person'], name='sighting_machine_person'),
        ),
    ]
