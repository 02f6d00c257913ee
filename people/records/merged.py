"""Who somebody was before two records of one person became one: an old id still leads to the kept person."""

from __future__ import annotations

from django.db import models


class MergedPerson(models.Model):
    """An id that is nobody's any more. Cameras speak of it until they have the new gallery, clients for ever."""

    old_id = models.UUIDField(primary_key=True, editable=False)
    into = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="merged")
    """Follows when the kept person is merged in turn; gone when that one is deleted."""
    merged_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "people"
        verbose_name = "earlier merge"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.old_id} → {self.into_id}"
