from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    # Built while cameras go on writing sightings: a plain index would hold them all up until it is done.
    atomic = False

    dependencies = [
        ('people', '0011_imports'),
        ('streams', '0008_stored_videos'),
    ]

    operations = [
        # What an attempt leaves that was broken off: an index by this name that is no good.
        migrations.RunSQL('DROP INDEX CONCURRENTLY IF EXISTS sighting_named', migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name='sighting',
            index=models.Index(condition=models.Q(('verdict', 'match')), fields=['last_seen_at', 'first_seen_at'], name='sighting_named'),
        ),
    ]
