"""The gallery's version: a number that the database raises with every change of the gallery."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class GalleryVersion(models.Model):
    """The one row that counts changes of the gallery; triggers raise it (migration 0002)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        permissions = [
            ("recognise", "Can find, name and compare faces in uploaded pictures"),
            ("delete_everybody", "Can delete everybody with one call"),
        ]
        constraints = [models.CheckConstraint(name="gallery_version_is_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"gallery {self.version}"
