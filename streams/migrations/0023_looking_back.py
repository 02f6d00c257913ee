"""Indexes for looking back and for the search by a face, built while cameras go on writing; and verdicts in words."""

import datetime
from typing import Any

import django.contrib.postgres.indexes
import django.db.models.lookups
import pgvector.django
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import ExpressionWrapper, F, Func, Q
from django.db.models.functions import Cast

LENGTH = ExpressionWrapper(F("last_seen_at") - F("first_seen_at"), output_field=models.DurationField())
VERDICTS = [("match", "certain"), ("review", "likely"), ("unknown", "unknown")]


def near(width: int) -> migrations.SeparateDatabaseAndState:
    """Builds the index that finds near encodings of one width. Django would write the expression wrongly."""
    name = f"sighting_encoding_near_{width}"
    index = pgvector.django.HnswIndex(
        django.contrib.postgres.indexes.OpClass(
            Cast("vector", pgvector.django.HalfVectorField(dimensions=width)), name="halfvec_l2_ops"
        ),
        name=name,
        condition=Q(
            django.db.models.lookups.Exact(
                Func("vector", function="vector_dims", output_field=models.IntegerField()), width
            )
        ),
        m=16,
        ef_construction=64,
    )
    build: list[Any] = [
        f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
        f"CREATE INDEX CONCURRENTLY {name} ON streams_sightingencoding USING hnsw "
        f"((vector::halfvec({width})) halfvec_l2_ops) WITH (m = 16, ef_construction = 64) "
        f"WHERE vector_dims(vector) = {width}",
    ]
    return migrations.SeparateDatabaseAndState(
        [migrations.RunSQL(build, f"DROP INDEX CONCURRENTLY IF EXISTS {name}")],
        [migrations.AddIndex("sightingencoding", index)],
    )


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
        # Going back, searches by the index count as searches of none.
        migrations.RunSQL(
            migrations.RunSQL.noop, "UPDATE streams_searchlog SET searched = 0 WHERE searched IS NULL"
        ),
        migrations.AlterField("searchlog", "searched", models.PositiveIntegerField(null=True)),
        # An attempt that was broken off leaves an index by this name that is no good.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS sighting_long", migrations.RunSQL.noop),
        AddIndexConcurrently(
            "sighting",
            models.Index(
                LENGTH,
                condition=Q(django.db.models.lookups.GreaterThan(LENGTH, datetime.timedelta(hours=1))),
                name="sighting_long",
            ),
        ),
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS sighting_encoding_engine", migrations.RunSQL.noop),
        AddIndexConcurrently("sightingencoding", models.Index(fields=["engine"], name="sighting_encoding_engine")),
        # A million encodings need 0.9 GB while the index is built: with Postgres' usual 64 MB it takes far longer. One
        # process alone builds it, because several share it in /dev/shm, which containers have 64 MB of.
        migrations.RunSQL(
            "SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 0",
            migrations.RunSQL.noop,
        ),
        near(128),
        near(256),
        migrations.RunSQL(
            "RESET maintenance_work_mem; RESET max_parallel_maintenance_workers", migrations.RunSQL.noop
        ),
    ]
