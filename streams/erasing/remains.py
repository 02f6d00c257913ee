"""What keeps things that were erased: the bucket's old versions and its grace for deleted objects, and backups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from people.base.site_time import day_words
from streams.records.backup_taken import BackupTaken

NO_BACKUP = (
    "This site knows of no backup that was made before. Copies that somebody made in another way keep what was erased "
    "until somebody deletes them."
)
UNKNOWN = (
    "The site may not read the settings of its bucket, so it does not know whether old versions or deleted objects are "
    "kept there."
)


def remains(erased_at: datetime) -> list[str]:
    """Says in sentences what keeps something of an erasure that ends at `erased_at`, and until when."""
    return [*of_bucket(erased_at), *(of_backups(erased_at) or [NO_BACKUP])]


def of_bucket(erased_at: datetime) -> Iterator[str]:
    """Yields what the bucket keeps of deleted objects; nothing for a folder. Raises errors of the storage."""
    if not settings.GCS_BUCKET:
        return
    from google.api_core.exceptions import Forbidden

    storage: Any = default_storage
    try:
        bucket = storage.client.get_bucket(settings.GCS_BUCKET)
    except Forbidden:
        yield UNKNOWN
        return
    if bucket.versioning_enabled:
        yield (
            f"The bucket {bucket.name} keeps old versions of its objects: pictures that were erased stay there until "
            "somebody deletes these versions, or a rule of the bucket does."
        )
    seconds = int(getattr(bucket.soft_delete_policy, "retention_duration_seconds", 0) or 0)
    if seconds:
        until = day_words(erased_at + timedelta(seconds=seconds))
        yield (
            f"The bucket {bucket.name} keeps deleted objects for {seconds / 86_400:g} days: pictures that were erased "
            f"can be brought back by whoever owns it until {until}."
        )


def of_backups(erased_at: datetime) -> list[str]:
    """Says which backups that this site has made hold what was erased, as far as they are kept."""
    older = BackupTaken.objects.filter(taken_at__lt=erased_at)
    kept = [row for row in older if row.kept_until is None or row.kept_until > timezone.now()]
    if not kept:
        return []
    days = ", ".join(dict.fromkeys(day_words(row.taken_at) for row in kept[:5]))
    more = f" and {len(kept) - 5} earlier" if len(kept) > 5 else ""
    ends = [row.kept_until for row in kept]
    last = max((end for end in ends if end), default=None)
    until = f"until {day_words(last)}" if last and None not in ends else "until somebody deletes them"
    return [
        f"{'The backup' if len(kept) == 1 else 'Backups'} of {days}{more} {'holds' if len(kept) == 1 else 'hold'} what "
        f"was erased, {until}. A site that is restored from one erases it again by this certificate."
    ]
