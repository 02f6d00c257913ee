"""Erases again what certificates say was erased and a restored backup has brought back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import Storage, default_storage, storages
from django.db import transaction
from django.db.models import FileField
from django.utils.dateparse import parse_datetime

from people.audit.anchors import STORAGE, site_keys
from people.errors import WrongState
from people.records.person import Person
from people.records.stored_objects import remove
from streams.erasing import brought_back
from streams.erasing.certificate import MOST_BYTES, BadCertificate, Certificate
from streams.erasing.certifying import store
from streams.erasing.erasing import erase, forget_whom
from streams.erasing.erasure import Erasure, ErasureCertificate
from streams.erasing.faces import erase_these
from streams.erasing.searching import PERSON, FoundAgain, Progress, search
from streams.erasing.services import erase_person
from streams.erasing.traces import NAMELESS, OBJECT, newest_tracer
from streams.erasing.work import ErasureWork
from streams.jobs.claims import claim_next
from streams.jobs.job_row import JobState

logger = logging.getLogger(__name__)

FOLDER = "erasures"
"""Where a site keeps its certificates in the storage."""
ON_REQUEST = "Erased before by the certificate {reference}, and brought back by a backup."
# 3 times: what hangs on what was found is found the next time.
MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class ErasedAgain:
    """`people`: how many were erased again; `others`: further rows and objects; `left`: what could not be."""

    certificates: int
    people: int
    others: int
    left: Sequence[FoundAgain]


def gather(folders: Iterable[Path], progress: Progress = lambda words: None) -> list[Certificate]:
    """Returns the certificates in the storage, the database, the audit's bucket and `folders`, each once and checked.

    `progress` is told if the site may not read the bucket, which it need not be allowed to. Raises BadCertificate for
    one that this site did not make, with its name, and OSError.
    """
    keys, found = site_keys(), dict[str, Certificate]()
    for name, text in (*_in_storage(), *_in_database(), *_in_bucket(progress), *_in_folders(folders)):
        try:
            certificate = Certificate.read(text)
            certificate.check(keys)
            found[certificate.reference] = certificate
        except BadCertificate as bad:
            raise BadCertificate(f"{name}: {bad}") from None
    return [found[reference] for reference in sorted(found)]


def erase_again(certificates: Sequence[Certificate], progress: Progress = lambda words: None) -> ErasedAgain:
    """Erases what is there of all that these certificates say was erased, and keeps those that the site lacks.

    It may be repeated, and goes on where it was. Somebody who is found as a whole gets a certificate of their own. When
    nothing is left, a site that was restored may start.
    """
    for certificate in certificates:
        _keep(certificate)
    people = others = 0
    found = list(search(certificates, progress))
    for _ in range(MOST_ROUNDS):
        if not found:
            break
        people += _erase_people(found, progress)
        found = list(search(certificates, progress))
        others += _erase_rest(found)
        found = list(search(certificates, progress))
    if not found:
        brought_back.forget()
    return ErasedAgain(len(certificates), people, others, found)


def _in_storage(storage: Storage = default_storage) -> Iterator[tuple[str, str]]:
    try:
        _, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    for name in names:
        with storage.open(f"{FOLDER}/{name}") as file:
            yield name, file.read(MOST_BYTES).decode(errors="replace")


def _in_bucket(progress: Progress) -> list[tuple[str, str]]:
    """Returns those beside the audit's anchors: they are there whatever became of the storage."""
    if not settings.AUDIT_BUCKET:
        return []
    from google.api_core.exceptions import Forbidden

    try:
        return list(_in_storage(storages[STORAGE]))
    except Forbidden:
        progress(
            f"the site may not read the certificates in {settings.AUDIT_BUCKET}: copy its folder {FOLDER}, and name "
            "that by --certificates"
        )
        return []


def _in_database() -> Iterator[tuple[str, str]]:
    yield from ErasureCertificate.objects.values_list("reference", "text").iterator(10)


def _in_folders(folders: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in sorted(folder.rglob("*.json")) if folder.is_dir() else [folder]:
            yield path.name, path.read_text(errors="replace")


def _keep(certificate: Certificate) -> None:
    """Adds the row of a certificate that was made after the backup, and ends its erasure if that is waiting here."""
    at = parse_datetime(certificate.said["erased_at"])
    if at is None:
        raise BadCertificate(f"{certificate.reference} says no time.")
    for erasure in Erasure.objects.filter(reference=certificate.reference).exclude(state=JobState.DONE):
        _end(erasure, at)
    if ErasureCertificate.objects.filter(reference=certificate.reference).exists():
        return
    row = ErasureCertificate(reference=certificate.reference, made_at=at, text=certificate.text())
    row.file = store(row, row.text)
    row.save(force_insert=True)


@transaction.atomic
def _end(erasure: Erasure, at: datetime) -> None:
    """Ends an erasure that was under way when the backup was made.

    Its person may have been deleted already, and no trace leads to what the history and the audit say of that.
    """
    forget_whom(ErasureWork(erasure, lambda: None, Event()))
    erasure.parts.all().delete()
    Erasure.objects.filter(pk=erasure.pk).update(
        state=JobState.DONE, person_id=None, ids=[], claimed_by="", finished_at=at
    )


def _erase_people(found: Sequence[FoundAgain], progress: Progress) -> int:
    references = {each.key: each.reference for each in found if each.kind == PERSON and not each.column}
    for person in Person.objects.filter(pk__in=list(references)):
        request = ON_REQUEST.format(reference=references[str(person.pk)])
        progress(f"somebody of the certificate {references[str(person.pk)]}")
        try:
            _run(erase_person(person=person, by=None, request=request))
        except WrongState as error:  # a merge is under way in the backup: `_erase_rest` deletes their row
            logger.warning("certificate %s: %s", references[str(person.pk)], error)
    return len(references)


def _run(erasure: Erasure) -> None:
    """Works on it here: no worker runs while a site is restored. A try that breaks off is left to the workers."""
    claim = claim_next(Erasure, "restore", only=erasure.pk)
    if claim is not None:
        erase(claim, Event(), cameras_run=False)


def _erase_rest(found: Sequence[FoundAgain]) -> int:
    """Deletes single rows and objects: what was somebody else's, or nobody's, when the backup was made."""
    for each in found:
        _ERASERS.get(each.kind, _erase_row)(each)
    return len(found)


def _erase_row(found: FoundAgain) -> None:
    if found.kind.startswith(OBJECT):
        default_storage.delete(found.key)
        return
    rows: Any = apps.get_model(found.kind)._default_manager
    if found.column:
        _take_out(rows.filter(**{found.column: found.key}), found.column)
        return
    row = rows.filter(pk=found.key)
    files = [field.name for field in row.model._meta.concrete_fields if isinstance(field, FileField)]
    names = [name for values in row.values_list(*files) for name in values if name] if files else []
    row.delete()
    remove(names)


def _take_out(rows: Any, column: str) -> None:
    """Empties the column, or deletes the row if it says nothing else."""
    if rows.model._meta.get_field(column).null:
        rows.update(**{column: None})
    else:
        rows.delete()


def _erase_sighting(found: FoundAgain) -> None:
    """By the same steps as an erasure, with a job of its own that leaves nothing but what it has deleted."""
    with transaction.atomic():
        erasure = Erasure.objects.create(
            request=ON_REQUEST.format(reference=found.reference), trace_key=newest_tracer().name, who="the system",
            nameless=found.kind == NAMELESS, state=JobState.WORKING, claimed_by="restore",
        )  # fmt: skip
        work = ErasureWork(erasure, lambda: None, Event())
        erase_these(work, [found.key])  # type: ignore[list-item] # text is as good as a UUID
        names = [name for part in erasure.parts.all() for name in part.waiting]
        erasure.delete()
    remove(names)


_ERASERS: dict[str, Callable[[FoundAgain], None]] = {"streams.Sighting": _erase_sighting, NAMELESS: _erase_sighting}
