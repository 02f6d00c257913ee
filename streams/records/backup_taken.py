"""Backups that this site has made: what is erased later stays in them for as long as somebody keeps them."""

from __future__ import annotations

from django.db import models

from people.base.site_time import time_words


class BackupTaken(models.Model):
    """One backup that came to its end. Where it lies, the site does not know."""

    taken_at = models.DateTimeField()
    """As of when its rows are."""
    kept_until = models.DateTimeField(null=True)
    """Until when it is kept, as whoever made it said; null: they did not."""

    class Meta:
        app_label = "streams"
        ordering = ["-taken_at", "-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"the backup of {time_words(self.taken_at)}"
