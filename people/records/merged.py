"""Ids of people who were merged into others: an old id still leads to the kept person."""

from __future__ import annotations

from django.db import models


class MergedPerson(models.Model):
    """The former id of a merged person. Cameras use it until they have the new gallery, clients perhaps for ever."""

    old_id = models.UUIDField(primary_key=True, editable=False)
    into = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="merged")
    """The kept person. If they are merged too, this points to the next one; if they are deleted, the row goes too."""
    merged_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "people"
        verbose_name = "earlier merge"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.old_id} → {self.into_id}"
