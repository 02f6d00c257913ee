"""Bases: on what ground somebody's face is recognised, from when, until when, and whether it was withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from people.accounts.limits import Looker
from people.records.groups import people_within, person_limits
from people.records.object_names import document_name

SOON = timedelta(days=30)
"""How long before its end the lists say that a basis ends."""


class BasisKind(models.TextChoices):
    """The ground itself, in the terms of Art. 6 GDPR."""

    CONSENT = "consent", "consent"
    CONTRACT = "contract", "contract"
    LEGAL_DUTY = "legal_duty", "legal duty"
    VITAL_INTEREST = "vital_interest", "vital interest"
    PUBLIC_TASK = "public_task", "public task"
    LEGITIMATE_INTEREST = "legitimate_interest", "legitimate interest"


class BasisState(models.TextChoices):
    """What a basis counts for at this moment."""

    VALID = "valid", "valid"
    TO_COME = "to_come", "begins later"
    ENDED = "ended", "ended"
    WITHDRAWN = "withdrawn", "withdrawn"


class BasisQuerySet(models.QuerySet["Basis"]):
    def within_limits_of(self, user: Looker) -> BasisQuerySet:
        """Bases of people who exist for `user`."""
        limits = person_limits(user)
        return self.filter(people_within(limits, "person_id")) if limits else self

    def valid(self, *, at: Any = None) -> BasisQuerySet:
        """Those that hold now, or at the moment `at`: begun, not ended, not withdrawn."""
        at = at or Now()
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=at), withdrawn_at=None, valid_from__lte=at)

    def with_state(self) -> BasisQuerySet:
        """Adds `state`, a BasisState, by the database's clock."""
        return self.annotate(
            state=Case(
                When(withdrawn_at__isnull=False, then=Value(BasisState.WITHDRAWN)),
                When(valid_from__gt=Now(), then=Value(BasisState.TO_COME)),
                When(valid_until__lte=Now(), then=Value(BasisState.ENDED)),
                default=Value(BasisState.VALID),
                output_field=models.CharField(),
            )
        )

    def withdrawn(self) -> BasisQuerySet:
        return self.exclude(withdrawn_at=None)


class Basis(models.Model):
    """One ground on which a person is recognised. It is never rewritten: withdraw it, and add another one."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="bases")
    kind = models.CharField(max_length=20, choices=BasisKind, default=BasisKind.CONSENT)
    purpose = models.CharField(max_length=300, help_text="What the person is recognised for, such as “door of hall 2”.")
    document = models.FileField(upload_to=document_name, max_length=200, blank=True)
    """PDF or picture, under a random name; only who may see bases gets it."""
    document_title = models.CharField(max_length=255, blank=True, editable=False)
    """The file's own name."""
    text = models.ForeignKey("people.ConsentText", on_delete=models.PROTECT, null=True, blank=True, editable=False)
    """The version of the site's text that the person agreed to by an enrolment link; None: not by one."""
    agreed_name = models.CharField(max_length=200, blank=True, editable=False)
    """The name that the person gave with the agreement."""
    agreed_at = models.DateTimeField(null=True, editable=False)
    valid_from = models.DateTimeField("from", db_default=Now())
    valid_until = models.DateTimeField("until", null=True, blank=True, help_text="Empty: until it is withdrawn.")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    """None: the person, the system, or a user who has been deleted."""
    withdrawn_who = models.CharField(max_length=200, blank=True, editable=False)
    """Who withdrew it, in words, as they were called then."""
    withdrawn_why = models.CharField(max_length=300, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = BasisQuerySet.as_manager()

    class Meta:
        app_label = "people"
        ordering = ["-valid_from", "id"]
        verbose_name = "basis"
        verbose_name_plural = "bases"
        indexes = [
            models.Index(fields=["person"], name="basis_withdrawn", condition=Q(withdrawn_at__isnull=False)),
            models.Index(fields=["valid_from"], name="basis_begins"),
            models.Index(fields=["valid_until"], name="basis_ends", condition=Q(valid_until__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(name="basis_kind_is_known", condition=Q(kind__in=BasisKind.values)),
            models.CheckConstraint(name="basis_has_a_purpose", condition=~Q(purpose="")),
            models.CheckConstraint(
                name="basis_ends_after_it_begins",
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="basis_withdrawal_says_who",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_who="", withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_who="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.purpose}"
