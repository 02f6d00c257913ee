"""API keys, with which other systems log in. A key is shown once, kept as a hash, and can do no more than its owner."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from people.accounts.rights import Scope, rights_of

PREFIX_LENGTH = 8
# 60 s: "last used" is for people who look for forgotten keys; a write per request would be the dearest part of it.
USE_NOTED_EVERY = timedelta(seconds=60)


def digest(key: str) -> str:
    """Returns the SHA-256 of a key, hexadecimal. A key has 122 random bits, so a slow hash would guard nothing more."""
    return hashlib.sha256(key.strip().lower().encode()).hexdigest()


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> ApiKeyQuerySet:
        """Keeps keys neither revoked nor expired by the database's clock, whose owner, read as well, may log in."""
        not_expired = Q(expires_at=None) | Q(expires_at__gt=Now())
        return self.filter(not_expired, revoked_at=None, owner__is_active=True).select_related("owner")

    def note_use(self, key: ApiKey) -> None:
        """Writes down that `key`, just read, is used now. Writes at most once a minute and asks nothing in between."""
        if key.last_used_at and timezone.now() - key.last_used_at < USE_NOTED_EVERY:
            return
        stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - USE_NOTED_EVERY)
        self.filter(stale, pk=key.pk).update(last_used_at=Now())


class ApiKey(models.Model):
    """Lets one other system use the API, with those rights of its scopes that its owner has too."""

    name = models.CharField(max_length=200, help_text="Which system uses it, and for what.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    """Whoever made the key. The key ends with its owner and loses every right that the owner loses."""
    prefix = models.CharField(max_length=PREFIX_LENGTH, editable=False)
    """The first characters of the key, by which people tell keys apart."""
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope))
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: until it is revoked.")
    revoked_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        app_label = "people"
        verbose_name = "API key"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(name="api_key_has_a_scope", condition=Q(scopes__len__gt=0)),
            models.CheckConstraint(name="api_key_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def state(self) -> str:
        """Returns whether the key works, in a word or two for lists."""
        if self.revoked_at:
            return "revoked"
        if self.expires_at and self.expires_at <= timezone.now():
            return "expired"
        return "usable" if self.owner.is_active else "owner inactive"


class KeyUser(User):
    """The owner of a key while using it: the same user, with the rights of the key's scopes and no others."""

    key: ApiKey

    class Meta:
        proxy = True
        app_label = "people"
        default_permissions = ()

    @classmethod
    def of(cls, key: ApiKey) -> KeyUser:
        fields = [field.attname for field in cls._meta.concrete_fields]
        user = cls.from_db(key._state.db, fields, [getattr(key.owner, field) for field in fields])
        user.key = key
        return user

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return perm in rights_of(self.key.scopes) and super().has_perm(perm, obj)
