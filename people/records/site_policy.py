"""The policy of the site: what it asks for before anybody is recognised."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class SitePolicy(models.Model):
    """The one row of the policy. Without it the site asks for nothing."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    needs_basis = models.BooleanField(
        default=False, help_text="Nobody is recognised without a valid basis, such as their consent."
    )
    keeps_nameless_sightings = models.BooleanField(
        default=False,
        db_default=False,
        help_text="When somebody is erased, their sightings stay as times, without a name, face or picture. Else they "
        "are deleted.",
    )
    swept_at = models.DateTimeField(db_default=Now(), editable=False)
    """Up to when the log of the gallery's changes knows which bases have begun and ended."""

    class Meta:
        app_label = "people"
        verbose_name = "policy of the site"
        verbose_name_plural = "policy of the site"
        default_permissions = ("view", "change")
        constraints = [models.CheckConstraint(name="site_policy_is_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return "Nobody is recognised without a basis" if self.needs_basis else "A basis is not asked for"


def needs_basis() -> bool:
    return bool(SitePolicy.objects.filter(pk=1).values_list("needs_basis", flat=True).first())


def keeps_nameless_sightings() -> bool:
    """Returns whether sightings of people who are erased stay as times, without a name, face or picture."""
    return bool(SitePolicy.objects.filter(pk=1).values_list("keeps_nameless_sightings", flat=True).first())
