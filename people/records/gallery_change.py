"""What each version of the gallery changed, so that whoever holds an older one loads only the people who changed."""

from django.db import models


class GalleryChange(models.Model):
    """One person whose photos in the gallery changed with one version, or the mark of a version; triggers write them.

    Migration 0025 has the triggers' functions. Every version has a mark, a row without a person.
    """

    id = models.BigAutoField(primary_key=True)
    version = models.BigIntegerField(db_index=True)
    changed_at = models.DateTimeField()
    """The version's own time: after a restored backup a version can come a second time."""
    person_id = models.UUIDField(null=True)
    """No foreign key: the person may be deleted."""
    is_addition = models.BooleanField()
    """Whether it only added somebody to recognise, which may wait; whoever leaves must not."""
    is_everybody = models.BooleanField(db_default=False)
    """Whether anybody may have changed."""
    engine = models.CharField(max_length=100, null=True)
    """The engine whose encodings changed; None if the galleries of all engines did."""

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"gallery {self.version}: {self.person_id or ('everybody' if self.is_everybody else 'mark')}"
