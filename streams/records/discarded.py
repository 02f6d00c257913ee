"""Sightings that somebody corrected to a stranger where strangers are discarded at once: nothing of them is kept.

The camera may still see the same face and call it by the wrong name. So the id of the sighting stays for a while, with
nothing of the face, and what comes under it is neither written down nor shown by that name.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now

# 7 days: nobody stands before a camera for longer without being lost from sight.
REMEMBERED = timedelta(days=7)


class DiscardedSighting(models.Model):
    id = models.UUIDField(primary_key=True, editable=False)
    camera = models.ForeignKey("streams.Camera", on_delete=models.CASCADE, related_name="+")
    is_no_face = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        app_label = "streams"
        default_permissions = ()

    def __str__(self) -> str:
        return f"discarded at {self.at:%Y-%m-%d %H:%M}"
