"""Services that change what the site asks for: its policy and its text; and what the policy would change."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef

from people.base.doorbells import ring_gallery
from people.base.history import Actor, log_added, log_changed
from people.records.basis import Basis
from people.records.consent_text import ConsentText
from people.records.person import Person, PersonQuerySet
from people.records.site_policy import SitePolicy
from people.records.states import PhotoState

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PolicyEffect:
    """How many people are recognised now, and how many of these have no valid basis."""

    recognised: int
    without_basis: int


@transaction.atomic
def set_needs_basis(*, needed: bool, by: Actor) -> None:
    """Asks for a valid basis of everybody, or no longer; every camera follows within 2 s."""
    policy, _ = SitePolicy.objects.select_for_update().get_or_create(pk=1)
    if policy.needs_basis == needed:
        return
    SitePolicy.objects.filter(pk=1).update(needs_basis=needed)
    policy.needs_basis = needed
    ring_gallery()
    log_changed(policy, "A basis is needed from now on." if needed else "A basis is not needed any more.", by=by)
    logger.info("a basis is %s, by %s", "needed" if needed else "not needed", by.pk if by else "the system")


@transaction.atomic
def set_keeps_nameless_sightings(*, kept: bool, by: Actor) -> None:
    """Lets sightings of people who are erased from now on stay without a name, face or picture, or be deleted."""
    policy, _ = SitePolicy.objects.select_for_update().get_or_create(pk=1)
    if policy.keeps_nameless_sightings == kept:
        return
    SitePolicy.objects.filter(pk=1).update(keeps_nameless_sightings=kept)
    words = "stay without a name" if kept else "are deleted"
    log_changed(policy, f"Sightings of people who are erased {words}.", by=by)


@transaction.atomic
def write_consent_text(*, text: str, by: Actor) -> ConsentText:
    """Writes the next version of the text that people agree to; whoever reads an older one must read this one first."""
    row = ConsentText.objects.create(text=text.strip(), written_by_id=by.pk if by and by.pk else None)
    log_added(row, "Written.", by=by)
    return row


def effect_of_needing_basis() -> PolicyEffect:
    """Counts those who are in the gallery, and those of them who would leave it if a basis were asked for."""
    recognised = Person.objects.matchable().having_photos(PhotoState.ENROLLED)
    return PolicyEffect(recognised.count(), _without_basis(recognised).count())


def _without_basis(people: PersonQuerySet) -> PersonQuerySet:
    return people.exclude(Exists(Basis.objects.valid().filter(person=OuterRef("pk"))))
