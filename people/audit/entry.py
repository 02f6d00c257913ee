"""The tables of the audit. Entries arrive in one, and are chained into the other, which only grows.

Whoever writes is not to wait for everybody else who writes, so an entry arrives without a place in the chain. Within
seconds `chain` (chaining.py) moves what has arrived, one process at a time.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from people.audit.words import Action


class ClockNow(models.Func):
    """The moment itself: Now() is that of the transaction's begin, which a long one leaves behind."""

    function = "clock_timestamp"
    output_field = models.DateTimeField()


class AuditColumns(models.Model):
    """What an entry says. No encoding and no picture is among it, and no key and no password."""

    at = models.DateTimeField(db_default=ClockNow())
    """When it was done, by the database's clock."""
    user = models.IntegerField(null=True)
    """The id of the user; no foreign key, because the entry outlives them."""
    who = models.CharField(max_length=200)
    """The name of the user, as it was then; of a program or a database role if no user was at work."""
    key = models.BigIntegerField(null=True)
    """The id of the API key, if it was one."""
    key_name = models.CharField(max_length=200, blank=True, db_default="")
    address = models.CharField(max_length=64, blank=True, db_default="")
    """The network address of the client, if the site keeps that (AUDIT_ADDRESSES)."""
    action = models.CharField(max_length=20, choices=Action)
    kind = models.CharField(max_length=60)
    """The kind of what it was done to, in the words of the glossary: person, sighting, camera …"""
    about = ArrayField(models.CharField(max_length=120), db_default=[])
    """What it was done to, and what else it concerns, as `kind:id`."""
    detail = models.JSONField(null=True)
    """For writes what was `before` and `after`; for reads what was `asked` for, and how often. May be erased later."""
    request_id = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        abstract = True


class PendingEntry(AuditColumns):
    """An entry that has arrived and waits for its place in the chain."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        app_label = "people"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.who} {self.get_action_display()} {self.kind}"


class AuditEntry(AuditColumns):
    """An entry in the chain: nobody changes it, and only `forget_entries` deletes, from the oldest on."""

    number = models.BigIntegerField(primary_key=True)
    """Its place: 1 for the first, without a gap."""
    ticket = models.BigIntegerField()
    """The id under which it arrived."""
    chained_at = models.DateTimeField()
    salt = models.BinaryField(max_length=16, null=True)
    detail_hash = models.BinaryField(max_length=32, null=True)
    """SHA-256 of salt and detail. The chain covers this hash, so that an erasure can empty the detail."""
    previous = models.BinaryField(max_length=32)
    """The hash of the entry before it."""
    hash = models.BinaryField(max_length=32)
    """SHA-256 of all of this but salt and detail (CANONICAL in verifying.py)."""

    class Meta:
        app_label = "people"
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        ordering = ["-number"]
        default_permissions = ()
        permissions = [("view_audit", "Can see who looked and who changed what")]
        indexes = [
            GinIndex(fields=["about"], name="audit_about"),
            models.Index(fields=["who", "-number"], name="audit_who"),
            models.Index(fields=["action", "-number"], name="audit_action"),
            models.Index(fields=["kind", "-number"], name="audit_kind"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.get_action_display()} {self.kind}"

    @property
    def before(self) -> Any:
        return (self.detail or {}).get("before", {})

    @property
    def after(self) -> Any:
        return (self.detail or {}).get("after", {})


class AuditHead(models.Model):
    """The end of the chain, in one row: whoever chains locks it."""

    number = models.BigIntegerField(default=0)
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "people"
        default_permissions = ()

    def __str__(self) -> str:
        return f"the chain up to entry {self.number}"


class AuditAnchor(models.Model):
    """What the chain ended with on one day, signed with the site's key, and what was found wrong on that day."""

    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    """Hexadecimal, as in the log and in the bucket."""
    made_at = models.DateTimeField(db_default=Now())
    fault = models.TextField(blank=True)
    """A sentence that names the first bad entry; "" if all were well."""
    document = models.TextField()
    """The JSON that is signed, as it stands in the bucket."""
    fingerprint = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        app_label = "people"
        ordering = ["-id"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"the chain up to entry {self.number}, {self.made_at:%Y-%m-%d}"
