"""The table of channels: where alerts go besides the site's own pages."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from people.accounts.limits import Looker
from streams.records.groups import CameraGroup, camera_limits, groups_within
from streams.records.states import ChannelKind


class ChannelQuerySet(models.QuerySet["Channel"]):
    def on(self) -> ChannelQuerySet:
        return self.filter(is_on=True)

    def failing(self) -> ChannelQuerySet:
        """Channels that are on, and whose receiver has taken nothing since the first of its failures."""
        return self.on().filter(failing_since__isnull=False)

    def within_limits_of(self, user: Looker) -> ChannelQuerySet:
        """Channels that tell only of cameras that exist for `user`."""
        limits = camera_limits(user)
        if not limits:
            return self
        named = Channel.camera_groups.through.objects.filter(channel=OuterRef("pk"))
        return self.filter(~Exists(named.exclude(cameragroup__in=groups_within(limits))), everywhere=False)

    def visible_to(self, user: Any) -> ChannelQuerySet:
        """The same as within_limits_of; none if `user` has no right to see channels."""
        return self.within_limits_of(user) if user.has_perm("streams.view_channel") else self.none()


class Channel(models.Model):
    """One receiver. What must stay secret is sealed as cameras' passwords are, and never shown again."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10, choices=ChannelKind)
    is_on = models.BooleanField("on", default=True)
    address = models.JSONField(default=dict)
    """The parts of its address that are no secret; which ones, its kind says."""
    sealed_secret = models.TextField(blank=True, default="", editable=False)
    """A token of streams.cameras.sealing; only opened to send."""
    old_key_until = models.DateTimeField(null=True, editable=False)
    """Until when a webhook is signed with the key before the newest one, too; only a webhook has keys."""
    everywhere = models.BooleanField("all cameras", default=True)
    camera_groups = models.ManyToManyField(CameraGroup, blank=True, related_name="channels")
    """It tells of cameras in these groups alone, unless `everywhere`."""
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    last_ok_at = models.DateTimeField(null=True, editable=False)
    last_problem = models.CharField(max_length=300, blank=True, default="", editable=False)
    """A sentence for people about its last failure, without secrets."""
    failing_since = models.DateTimeField(null=True, editable=False)
    """When the first of the failures came that no success has followed."""
    held_by = models.CharField(max_length=100, blank=True, default="", editable=False)
    """The worker that keeps the connection to its broker; only MQTT has one."""
    held_until = models.DateTimeField(null=True, editable=False)
    """When another worker may take it, by the database's clock."""

    objects = ChannelQuerySet.as_manager()

    class Meta:
        app_label = "streams"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="channel_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="channel_kind", condition=Q(kind__in=ChannelKind.values)),
            models.CheckConstraint(
                name="channel_failing_says_why", condition=Q(failing_since=None) | ~Q(last_problem="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_old_key(self) -> bool:
        """Whether the key before the newest one still signs."""
        return self.old_key_until is not None and self.old_key_until > timezone.now()
