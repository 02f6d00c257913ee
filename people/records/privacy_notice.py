"""What the public page about keeping says besides the schedule: who runs this, whom to ask, if it names cameras."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class PrivacyNotice(models.Model):
    """The one row of it. Without it the page says that nobody has written down yet whom to ask."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    place = models.CharField(
        "this place",
        max_length=200,
        blank=True,
        help_text="Who runs the cameras, as visitors know it: “Town library, Market square 3”.",
    )
    contact = models.TextField(
        "whom to ask",
        max_length=2_000,
        blank=True,
        help_text="A name, an address, a telephone number: whoever answers questions, and erases somebody who asks.",
    )
    names_cameras = models.BooleanField(
        "name the cameras that differ",
        default=False,
        help_text="Otherwise the page says of how many cameras something else is true, and not of which.",
    )

    class Meta:
        app_label = "people"
        default_permissions = ()
        """It is part of the schedule, and asks for the same rights."""
        constraints = [models.CheckConstraint(name="privacy_notice_is_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return self.place or "public page about keeping"


def privacy_notice() -> PrivacyNotice:
    return PrivacyNotice.objects.filter(pk=1).first() or PrivacyNotice()
