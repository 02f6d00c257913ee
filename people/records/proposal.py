"""Proposals: what one user asks for and another one decides, where a watchlist asks for two people.

The database holds it (migration 0037): nobody is put on such a list, no entry of it is revived, none of its rules
becomes less sure, and nobody lets one person alone decide again, without a confirmed proposal of the same transaction.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from people.accounts.limits import Looker
from people.records.groups import people_within, person_limits
from people.records.watchlist import Watchlist

LASTS = timedelta(days=7)
"""How long a proposal waits for a second person; the database takes none that would wait longer."""


class ProposalKind(models.TextChoices):
    """What is to be done."""

    ENTRY = "entry", "put somebody on a watchlist"
    REVIVE = "revive", "revive a suspended entry"
    CERTAINTY = "certainty", "let a rule be less sure"
    OPTION = "option", "let one person alone decide"


ABOUT_SOMEBODY = (ProposalKind.ENTRY, ProposalKind.REVIVE)


class ProposalState(models.TextChoices):
    """How far a proposal has come."""

    OPEN = "open", "waits for a second person"
    CONFIRMED = "confirmed", "confirmed"
    REFUSED = "refused", "refused"
    WITHDRAWN = "withdrawn", "withdrawn"
    EXPIRED = "expired", "expired"
    """Nobody has decided in time. By the clock: the row says so only once somebody proposes the same again."""


DECIDED = (ProposalState.CONFIRMED, ProposalState.REFUSED)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def within_limits_of(self, user: Looker) -> ProposalQuerySet:
        """Proposals about people who exist for `user`, and about nobody."""
        limits = person_limits(user)
        return self.filter(Q(person_id=None) | people_within(limits, "person_id")) if limits else self

    def open(self) -> ProposalQuerySet:
        """Those that wait for a second person, by the database's clock."""
        return self.filter(state=ProposalState.OPEN, expires_at__gt=Now())

    def past(self) -> ProposalQuerySet:
        """Those that wait no more: decided, withdrawn or expired."""
        return self.exclude(state=ProposalState.OPEN, expires_at__gt=Now())

    def expired(self) -> ProposalQuerySet:
        return self.filter(state=ProposalState.OPEN, expires_at__lte=Now())

    def with_standing(self) -> ProposalQuerySet:
        """Adds `standing`: the state, which is *expired* by the clock alone."""
        return self.annotate(
            standing=Case(
                When(state=ProposalState.OPEN, expires_at__lte=Now(), then=Value(ProposalState.EXPIRED)),
                default=F("state"),
                output_field=models.CharField(),
            )
        )


class Proposal(models.Model):
    """One proposal. Users are kept by number, which no other user ever gets, and by their name at the time."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=ProposalKind)
    watchlist = models.ForeignKey(Watchlist, on_delete=models.CASCADE, related_name="proposals")
    person_id = models.UUIDField(null=True)
    """No foreign key: a merge moves whatever has one, and what was proposed of one must not count for another. A
    trigger deletes the proposals about somebody with the person."""
    rule_id = models.UUIDField(null=True)
    """The rule, of another app, that is to be less sure."""
    asked = models.JSONField(default=dict)
    """What the rule is to be from then on."""
    reason = models.CharField(max_length=500)
    proposer = models.IntegerField()
    proposed_who = models.CharField(max_length=400)
    """Name of the user, and of the API key, at the time."""
    proposed_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.OPEN)
    decider = models.IntegerField(null=True)
    decided_who = models.CharField(max_length=400, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_why = models.CharField(max_length=500, blank=True, default="")
    used_at = models.DateTimeField(null=True)
    """When a trigger let it through, once."""

    objects = ProposalQuerySet.as_manager()

    class Meta:
        app_label = "people"
        ordering = ["-proposed_at", "-id"]
        default_permissions = ("view", "add")
        permissions = [("decide_proposal", "Can decide on what others propose for watchlists")]
        indexes = [
            models.Index(fields=["-proposed_at", "-id"], name="proposal_newest"),
            models.Index(fields=["person_id"], name="proposal_person"),
        ]
        constraints = [
            models.CheckConstraint(name="proposal_kind", condition=Q(kind__in=ProposalKind.values)),
            models.CheckConstraint(name="proposal_state", condition=Q(state__in=ProposalState.values)),
            models.CheckConstraint(name="proposal_says_why", condition=~Q(reason="") & ~Q(proposed_who="")),
            models.CheckConstraint(
                name="proposal_is_about_one_thing",
                condition=Q(kind__in=ABOUT_SOMEBODY, person_id__isnull=False, rule_id=None)
                | Q(kind=ProposalKind.CERTAINTY, person_id=None, rule_id__isnull=False)
                | Q(kind=ProposalKind.OPTION, person_id=None, rule_id=None),
            ),
            models.CheckConstraint(
                name="proposal_two_people",
                condition=~Q(state__in=DECIDED) | (Q(decider__isnull=False) & ~Q(decider=F("proposer"))),
            ),
            models.CheckConstraint(
                name="proposal_decided_by_somebody",
                condition=Q(state__in=DECIDED, decided_at__isnull=False) & ~Q(decided_who="")
                | ~Q(state__in=DECIDED) & Q(decider=None, decided_who=""),
            ),
            models.CheckConstraint(
                name="proposal_used_once_confirmed",
                condition=Q(used_at=None) | Q(state=ProposalState.CONFIRMED),
            ),
            models.UniqueConstraint(
                name="proposal_open_once",
                fields=["kind", "watchlist", "person_id", "rule_id"],
                condition=Q(state=ProposalState.OPEN),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, proposed by {self.proposed_who}"

    def is_by(self, user: Any) -> bool:
        """Returns whether `user` proposed it, with whatever API key."""
        return bool(user.pk is not None and user.pk == self.proposer)
