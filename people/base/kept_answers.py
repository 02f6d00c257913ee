"""Answers kept for a day, so that a client that did not hear one may ask again without creating twice."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

from django.db import connection, models
from django.db.models.functions import Now

KEPT = timedelta(hours=24)
KEY_LENGTH = 255
# A watchlist of 10,000 people is 400 kB, the report of 50 photos 50 kB.
MOST_BYTES = 1_000_000


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    def expired(self) -> KeptAnswerQuerySet:
        """By the database's clock."""
        return self.filter(made_at__lt=Now() - KEPT)


class KeptAnswer(models.Model):
    """What one caller was answered to one request. Written in the transaction that created what it tells of."""

    caller = models.CharField(max_length=50)
    """Whose key it is: the same one of somebody else is another."""
    address = models.CharField(max_length=300)
    """Method and path."""
    key = models.CharField(max_length=KEY_LENGTH)
    digest = models.CharField(max_length=64)
    """HMAC-SHA-256 of what was sent, hexadecimal; files are in it by their own digest and are not kept here."""
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    """JSON, as it was shown to this caller."""
    headers = models.JSONField(default=dict)
    made_at = models.DateTimeField(db_default=Now())

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        app_label = "people"
        default_permissions = ()
        indexes = [models.Index(fields=["made_at"], name="kept_answer_age")]
        constraints = [
            models.UniqueConstraint(fields=["caller", "address", "key"], name="kept_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.address} by {self.caller}: {self.status}"


def take_turn(caller: str, address: str, key: str) -> bool:
    """Whether nobody else works on this very request; held until the transaction ends, however it ends."""
    number = sha256("\0".join((caller, address, key)).encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(number, signed=True)])
        return bool(cursor.fetchone()[0])


def earlier_answer(caller: str, address: str, key: str) -> KeptAnswer | None:
    """None for a first request, and for one that was answered longer ago than answers are kept."""
    mine = KeptAnswer.objects.filter(caller=caller, address=address, key=key)
    mine.expired().delete()
    return mine.first()


def forget_answers() -> int:
    """Delete the expired ones; returns how many."""
    return KeptAnswer.objects.expired().delete()[0]
