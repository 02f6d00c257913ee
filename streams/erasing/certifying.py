"""Ends an erasure: makes its certificate, stores it as a file and a row, and forgets whom it was about."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.db import transaction
from django.utils import timezone

from people.audit.anchors import STORAGE
from people.base.signing_key import site_key
from streams.erasing.certificate import FORMAT, Certificate, packed
from streams.erasing.erasure import Erasure, ErasureCertificate, certificate_name
from streams.erasing.kinds import counted
from streams.erasing.remains import remains
from streams.erasing.traces import tracer_called
from streams.jobs.claims import JobClaim

logger = logging.getLogger(__name__)


def certify(claim: JobClaim) -> ErasureCertificate:
    """Makes the certificate of an erasure of which nothing is left to do.

    Raises ClaimLost, and any error of the storage. The file comes first: the row then says that it is there. A try that
    breaks off in between makes both again.
    """
    erasure: Erasure = claim.row
    if erasure.parts.exclude(waiting=[]).exists():
        raise RuntimeError("objects are still waiting to be deleted")
    made_at = timezone.now()
    certificate = Certificate.sign(_said(erasure, made_at), site_key(), tracer_called(erasure.trace_key))
    text = certificate.text()
    row = ErasureCertificate(reference=erasure.reference, made_at=made_at, text=text)
    row.file = store(row, text)
    with transaction.atomic():
        row.save(force_insert=True)
        erasure.parts.all().delete()
        claim.end(person_id=None, ids=[], done=erasure.done)
    logger.info(
        "erasure %s is done; certificate signed by %s: %s",
        row.reference,
        certificate.fingerprint,
        certificate.signature,
    )
    return row


def store(row: ErasureCertificate, text: str) -> str:
    """Stores the file over what an earlier try may have left, and beside the audit's anchors; returns its name."""
    name, content = certificate_name(row, ""), text.encode()
    if default_storage.exists(name):
        default_storage.delete(name)
    saved = default_storage.save(name, ContentFile(content))
    if settings.AUDIT_BUCKET:
        storages[STORAGE].save(f"erasures/{row.reference}-{datetime.now(UTC):%Y%m%d%H%M%S}.json", ContentFile(content))
    return saved


def _said(erasure: Erasure, made_at: datetime) -> dict[str, Any]:
    traces: dict[str, bytes] = defaultdict(bytes)
    numbers: dict[str, int] = defaultdict(int)
    for kind, number, found in erasure.parts.order_by("pk").values_list("kind", "number", "traces"):
        traces[kind] += bytes(found)
        numbers[kind] += number
    return {
        "format": FORMAT,
        "what": "certificate of an erasure",
        "reference": erasure.reference,
        "site": erasure.site,
        "request": erasure.request,
        "asked_by": erasure.who,
        "asked_at": _iso(erasure.created_at),
        "erased_at": _iso(made_at),
        "erased": counted(numbers.items()),
        "engines": erasure.engines,
        "sightings": "made nameless" if erasure.nameless else "deleted",
        "handed_over": erasure.handed_over,
        "remains": remains(made_at),
        "traces": {"key": erasure.trace_key, "of": {kind: packed(found) for kind, found in sorted(traces.items())}},
    }


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
