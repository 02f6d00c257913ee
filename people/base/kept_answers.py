"""Answers kept for a day: a client that missed one may repeat its request without creating anything twice."""

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
        """Answers older than KEPT, by the database's clock."""
        return self.filter(made_at__lt=Now() - KEPT)


class KeptAnswer(models.Model):
    """The answer to one request of one caller, written in the transaction that created the row it describes."""

    caller = models.CharField(max_length=50)
    """The API key or user that sent the request. Two callers may use the same `key` without conflict."""
    address = models.CharField(max_length=300)
    """Method and path."""
    key = models.CharField(max_length=KEY_LENGTH)
    digest = models.CharField(max_length=64)
    """HMAC-SHA-256 of the request, hexadecimal. It covers each file's own digest; the files are not kept here."""
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    """The JSON that this caller received; "" if whoever it shows was erased since."""
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


def forget_bodies(answers: KeptAnswerQuerySet) -> None:
    """Puts rows without a body in place of `answers`: a repeated request is still refused, and adds nobody again.

    They have other ids: the answers themselves are gone.
    """
    kept = [
        KeptAnswer(
            caller=row.caller, address=row.address, key=row.key, digest=row.digest, status=row.status, body="",
            made_at=row.made_at,
        )
        for row in answers
    ]  # fmt: skip
    answers.delete()
    KeptAnswer.objects.bulk_create(kept)


def take_turn(caller: str, address: str, key: str) -> bool:
    """Takes the lock on this request; returns False if somebody else holds it.

    Postgres releases the lock when the transaction ends, whether it commits or fails.
    """
    number = sha256("\0".join((caller, address, key)).encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(number, signed=True)])
        return bool(cursor.fetchone()[0])


def earlier_answer(caller: str, address: str, key: str) -> KeptAnswer | None:
    """Returns the kept answer, or None for a first request and for one answered longer ago than KEPT."""
    mine = KeptAnswer.objects.filter(caller=caller, address=address, key=key)
    mine.expired().delete()
    return mine.first()


def forget_answers() -> int:
    """Deletes the expired answers; returns how many."""
    return KeptAnswer.objects.expired().delete()[0]
