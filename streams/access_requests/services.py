"""Services that ask for an answer to an access request, delete one, and forget old ones."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from django.db import transaction

from people.base.doorbells import ring
from people.base.history import Actor, log_added, log_changed, log_deleted, name_of
from people.errors import WrongState
from people.records.holding import hold
from people.records.person import Person
from people.records.stored_objects import remove, without_row
from streams.access_requests.access_request import AccessRequest
from streams.errors import SeesOnlySome, TooMuch, Withdrawn
from streams.jobs.job_row import is_limited, key_of
from streams.records.sighting import Sighting

logger = logging.getLogger(__name__)

DOORBELL = "access_requests.changed"
MOST_UNENDED = 20
"""Of the whole site: each takes a worker some minutes."""
FORGET_BATCH = 100
GONE = "Its file was deleted after its time. Ask for it again if it is still needed."
NOT_READY = "It is not ready yet."


@transaction.atomic
def ask_for_everything(*, person: Person, request: str, site: str, by: Actor) -> AccessRequest:
    """Queues an answer with everything about `person`.

    `request`: when and how they asked. Raises WrongState if they no longer exist, SeesOnlySome and TooMuch.
    """
    if by is not None and is_limited(by):
        raise SeesOnlySome
    if hold([person.pk]).get(person.pk) is None:
        raise WrongState("This person does not exist any more.")
    if AccessRequest.objects.unended().count() >= MOST_UNENDED:
        raise TooMuch(f"{MOST_UNENDED} access requests are being answered already: come back when some are done.")
    row = AccessRequest.objects.create(
        person=person, request=request.strip(), site=site, total=Sighting.objects.filter(person=person).count(),
        created_by_id=by.pk if by else None, key=key_of(by), who=name_of(by),
    )  # fmt: skip
    log_added(row, f"Asked to gather everything about a person. Why: {row.request}", by=by)
    ring(DOORBELL)
    row.refresh_from_db()
    logger.info("access request %s asked for, by %s", row.pk, by.pk if by else "the system")
    return row


@transaction.atomic
def delete_access_request(*, row: AccessRequest, by: Actor) -> None:
    """Deletes an answer with its ZIP; who asked for it and who fetched it stays in the history."""
    log_deleted([row], f"Deleted. It had been asked for by {row.who}.", by=by)
    transaction.on_commit(partial(remove, [row.file.name]), robust=True)
    row.delete()


def check_downloadable(row: AccessRequest) -> None:
    """Raises Withdrawn, with the reason, if there is nothing to fetch."""
    if not row.is_downloadable:
        raise Withdrawn((row.problem or GONE) if row.is_ended else NOT_READY)


def log_fetched(row: AccessRequest, *, by: Actor) -> None:
    log_changed(row, "Fetched the ZIP.", by=by)


def forget_answers(*, finished_before: datetime) -> int:
    """Deletes the ZIPs of answers that ended before `finished_before`; returns how many. The rows stay."""
    forgotten = 0
    old = AccessRequest.objects.filter(finished_at__lt=finished_before).exclude(file="").order_by("finished_at")
    while batch := list(old.values_list("pk", "file")[:FORGET_BATCH]):
        AccessRequest.objects.filter(pk__in=[pk for pk, _ in batch]).update(file="", size_bytes=0)
        remove(name for _, name in batch)
        forgotten += len(batch)
    return forgotten


def sweep_orphans() -> int:
    """Deletes ZIPs that no row names, left by killed processes; returns how many."""
    named = AccessRequest.objects.exclude(file="").values_list("file", flat=True)
    orphans = list(without_row("access-requests", named))
    remove(orphans)
    return len(orphans)
