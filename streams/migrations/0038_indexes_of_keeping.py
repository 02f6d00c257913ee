"""Indexes by which the schedule of keeping finds what is due. They are built while cameras go on writing sightings."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


def built(model: str, index: models.Index) -> list[Any]:
    """Builds an index; an attempt that was broken off has left one by its name that is no good."""
    drop = migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}", migrations.RunSQL.noop)
    return [drop, AddIndexConcurrently(model, index)]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("streams", "0037_keeping_of_cameras")]

    operations = [
        *built(
            "sighting",
            models.Index(fields=["camera", "last_seen_at"], name="sighting_keep_named", condition=~Q(person=None)),
        ),
        *built(
            "sighting",
            models.Index(fields=["camera", "last_seen_at"], name="sighting_keep_strangers", condition=Q(person=None)),
        ),
        *built(
            "detection",
            models.Index(fields=["captured_at"], name="detection_keep_snapshots", condition=~Q(snapshot="")),
        ),
        *built(
            "detection",
            models.Index(
                fields=["captured_at"], name="detection_keep_footage", condition=~Q(frame="") | ~Q(clip="")
            ),
        ),
    ]
