"""Enrolment links: one person agrees, sends pictures, and may withdraw later, by an address that only they have."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from people.accounts.limits import Looker
from people.records.groups import people_within, person_limits
from people.records.object_names import link_picture_name


class LinkState(models.TextChoices):
    """How far one link has come."""

    OPEN = "open", "not used yet"
    AGREED = "agreed", "agreed, no pictures yet"
    SENT = "sent", "waits for approval"
    APPROVED = "approved", "approved"
    REFUSED = "refused", "refused"
    WITHDRAWN = "withdrawn", "withdrawn"
    REVOKED = "revoked", "revoked"
    LAPSED = "lapsed", "not decided in time"


USABLE = (LinkState.OPEN, LinkState.AGREED)
"""States in which the link takes an agreement and pictures, until it expires."""


def secret_digest(secret: str) -> str:
    """Returns the SHA-256 of a link's secret, hexadecimal. It has 256 random bits: a slow hash would guard no more."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class Kiosk(models.Model):
    """A page that makes an enrolment link for each person who comes, until somebody revokes it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    place = models.CharField(max_length=200, help_text="Where it stands, such as “reception”.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    made_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        app_label = "people"
        ordering = ["-made_at"]
        default_permissions = ("view", "add", "change")
        constraints = [models.CheckConstraint(name="kiosk_stands_somewhere", condition=~Q(place=""))]

    def __str__(self) -> str:
        return self.place


class EnrolmentLinkQuerySet(models.QuerySet["EnrolmentLink"]):
    def within_limits_of(self, user: Looker) -> EnrolmentLinkQuerySet:
        """Links of people who exist for `user`, and those that `user` made for somebody new."""
        limits = person_limits(user)
        if not limits:
            return self
        return self.filter(people_within(limits, "person_id") | Q(person=None, made_by=user and user.pk))

    def usable(self) -> EnrolmentLinkQuerySet:
        """Those that take an agreement and pictures now, by the database's clock."""
        return self.filter(state__in=USABLE, expires_at__gt=Now())

    def waiting(self) -> EnrolmentLinkQuerySet:
        """Those that wait for an answer, or for somebody who approves it."""
        return self.filter(Q(state=LinkState.SENT) | Q(state__in=USABLE, expires_at__gt=Now()))


class EnrolmentLink(models.Model):
    """One link. Nobody is enrolled by it before somebody approves; the same link withdraws what it agreed to."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    person = models.ForeignKey(
        "people.Person",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="enrolment_links",
        help_text="Empty: somebody new, who is added when you approve.",
    )
    name = models.CharField(max_length=200, blank=True, help_text="Whom you send it to. They can correct it.")
    kiosk = models.ForeignKey(Kiosk, on_delete=models.SET_NULL, null=True, related_name="links", editable=False)
    state = models.CharField(max_length=10, choices=LinkState, default=LinkState.OPEN, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(editable=False)
    """Until when it takes an agreement and pictures. It withdraws for as long as its person is there."""
    text = models.ForeignKey("people.ConsentText", on_delete=models.PROTECT, null=True, editable=False)
    agreed_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    basis = models.OneToOneField(
        "people.Basis", on_delete=models.SET_NULL, null=True, related_name="link", editable=False
    )

    objects = EnrolmentLinkQuerySet.as_manager()

    class Meta:
        app_label = "people"
        ordering = ["-made_at", "id"]
        verbose_name = "enrolment link"
        default_permissions = ("view", "add", "change")
        indexes = [models.Index(fields=["state", "made_at"], name="enrolment_link_state")]
        constraints = [
            models.CheckConstraint(name="enrolment_link_state_is_known", condition=Q(state__in=LinkState.values)),
            models.CheckConstraint(
                name="enrolment_link_agreed_first",
                condition=Q(state__in=[LinkState.OPEN, LinkState.REVOKED])
                | (Q(text__isnull=False, agreed_at__isnull=False) & ~Q(name="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name or "somebody new"


class LinkPicture(models.Model):
    """One picture that somebody sent by a link. It becomes a photo with the approval, and is deleted without one."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    link = models.ForeignKey(EnrolmentLink, on_delete=models.CASCADE, related_name="pictures")
    image = models.FileField(upload_to=link_picture_name, max_length=200)
    original_name = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64)

    class Meta:
        app_label = "people"
        ordering = ["original_name", "id"]
        verbose_name = "picture sent by a link"
        verbose_name_plural = "pictures sent by links"
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="link_picture_once", fields=["link", "sha256"])]

    def __str__(self) -> str:
        return self.original_name


def link_of(secret: str) -> Any:
    """Returns the link with this secret, whatever its state, or None."""
    found = EnrolmentLink.objects.select_related("person", "text", "basis", "kiosk")
    return found.filter(digest=secret_digest(secret)).first()
