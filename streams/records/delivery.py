"""The table of deliveries: each is one thing that one channel is to be told, and the job of telling it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from people.accounts.limits import Looker
from people.base.due import has_come
from people.base.site_time import time_words
from streams.records.alert import Alert
from streams.records.channel import Channel
from streams.records.states import DeliveryKind, DeliveryState


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def within_limits_of(self, user: Looker) -> DeliveryQuerySet:
        """Deliveries by channels that exist for `user`, of alerts that do."""
        alerts = Q(alert=None) | Q(alert__in=Alert.objects.within_limits_of(user))
        return self.filter(alerts, channel__in=Channel.objects.within_limits_of(user))

    def visible_to(self, user: Any) -> DeliveryQuerySet:
        """The same as within_limits_of; none if `user` has no right to see deliveries."""
        return self.within_limits_of(user) if user.has_perm("streams.view_delivery") else self.none()

    def due(self) -> DeliveryQuerySet:
        """Deliveries that a worker may claim now; the longest due first, and the oldest of those due together."""
        return self.filter(has_come("next_at"), state=DeliveryState.WAITING).order_by("next_at", "made_at", "id")

    def waiting(self) -> DeliveryQuerySet:
        """Deliveries to channels that are on which wait, whether they are due or not."""
        return self.filter(state=DeliveryState.WAITING, channel__is_on=True)

    def given_up_since(self, moment: datetime) -> DeliveryQuerySet:
        """Deliveries that were given up since, to the hour: `next_at` is when they would have been tried again."""
        return self.filter(state=DeliveryState.GAVE_UP, next_at__gte=moment)


class Delivery(models.Model):
    """One thing to tell. The receiver sees the same id at every attempt."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, null=True, related_name="deliveries")
    """None for a test or a summary."""
    kind = models.CharField(max_length=10, choices=DeliveryKind, default=DeliveryKind.ALERT)
    body = models.JSONField(default=dict)
    """What is told beside the alert, without pictures and names."""
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_by = models.CharField(max_length=100, blank=True, default="")
    """The worker that is at it; `next_at` is then the end of its claim."""
    next_at = models.DateTimeField(db_default=Now())
    """When it may be claimed, by the database's clock."""
    last_reason = models.CharField(max_length=300, blank=True, default="")
    """A sentence that says why the last attempt failed, without secrets."""
    made_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    summary = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="told")
    """The summary that tells it, if it is held."""

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["-made_at", "-id"]
        verbose_name_plural = "deliveries"
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["next_at"], name="delivery_due", condition=Q(state=DeliveryState.WAITING)),
            models.Index(fields=["next_at"], name="delivery_given_up", condition=Q(state=DeliveryState.GAVE_UP)),
            models.Index(fields=["channel", "-made_at"], name="delivery_of_channel"),
            models.Index(fields=["-made_at"], name="delivery_newest"),
            models.Index(fields=["channel", "sent_at"], name="delivery_sent", condition=Q(state=DeliveryState.SENT)),
        ]
        constraints = [
            models.CheckConstraint(name="delivery_kind", condition=Q(kind__in=DeliveryKind.values)),
            models.CheckConstraint(name="delivery_state", condition=Q(state__in=DeliveryState.values)),
            models.CheckConstraint(
                name="delivery_of_an_alert",
                condition=Q(kind=DeliveryKind.ALERT, alert__isnull=False) | ~Q(kind=DeliveryKind.ALERT),
            ),
            models.CheckConstraint(
                name="delivery_sent_at_a_time", condition=~Q(state=DeliveryState.SENT) | Q(sent_at__isnull=False)
            ),
            models.UniqueConstraint(
                name="delivery_once", fields=["channel", "alert"], condition=Q(kind=DeliveryKind.ALERT)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {time_words(self.made_at)}"
