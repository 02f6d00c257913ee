"""Indexes for the strangers of one camera, those seen most, and the ledger of one person, stranger or kind of edit.

They are built while cameras go on writing sightings.
"""

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
    dependencies = [("streams", "0031_corrections_in_videos")]

    operations = [
        *built(
            "sighting",
            models.Index(
                fields=["camera", "stranger"], name="sighting_camera_stranger", condition=Q(stranger__isnull=False)
            ),
        ),
        *built(
            "stranger",
            models.Index(
                fields=["-last_seen_at", "-id"],
                name="stranger_unjoined_newest",
                condition=Q(number__isnull=False) & ~Q(state="joined"),
            ),
        ),
        *built(
            "stranger",
            models.Index(
                fields=["state", "-sightings", "-last_seen_at", "-id"],
                name="stranger_most_seen",
                condition=Q(number__isnull=False),
            ),
        ),
        *built("identityedit", models.Index(fields=["kind", "-at", "-id"], name="identity_edit_kind_newest")),
        *built(
            "identityedit",
            models.Index(fields=["person", "-at", "-id"], name="identity_edit_person", condition=Q(person__isnull=False)),
        ),
        *built(
            "identityedit",
            models.Index(
                fields=["stranger", "-at", "-id"], name="identity_edit_stranger", condition=Q(stranger__isnull=False)
            ),
        ),
    ]
