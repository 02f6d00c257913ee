"""Takes the person out of what is somebody else's, or nobody's: looks, corrections, rules, searches, logs, answers."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Model, Q, TextField
from django.db.models.functions import Cast, Now

from people.audit.forgetting import erase_details, erase_details_naming
from people.base.doorbells import ring_rules, ring_said
from people.base.kept_answers import KeptAnswer, forget_bodies
from people.base.names import folded
from people.errors import BadArchive, LayoutInDoubt
from people.imports.archives import candidates_in_zip
from people.imports.jobs import ImportEntry, ImportJob
from people.imports.services import contents_of_job, end
from people.records.enrolment_link import USABLE, EnrolmentLink, LinkState
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.photo import Photo
from people.records.states import ImportState
from streams.erasing.history import entries_about, forget_entries_about, take_names_out
from streams.erasing.words import without
from streams.erasing.work import ErasureWork
from streams.records.alert import Alert
from streams.records.detection import Detection
from streams.records.identity_edit import EditedSighting, IdentityEdit
from streams.records.rule import Rule, RuleQuiet
from streams.records.search_log import SearchLog
from streams.records.sighting import Sighting
from streams.records.states import EditKind, EditState
from streams.videos.video import VideoSighting
from streams.wire.cache import shared_cache

BATCH = 5_000
IMPORT_STOPPED = "Somebody who is in it was erased meanwhile. Leave them out, and upload it again."

ENDED_LINKS = (LinkState.REFUSED, LinkState.LAPSED, LinkState.WITHDRAWN, LinkState.REVOKED)


def forget_mentions(work: ErasureWork) -> None:
    """Takes the person out of looks, sightings and corrections of others, and ends what waits for them."""
    for model, column in (
        (Detection, "person"),
        (Sighting, "machine_person"),
        (VideoSighting, "machine_person"),
        (EditedSighting, "person"),
    ):
        _unname(work, model, column)
    with transaction.atomic():
        _forget_edits(work)
        _delete(work, PersonMerge, Q(old_id__in=work.ids))
        _delete(work, Alert, Q(person__in=work.ids))
        _delete(work, RuleQuiet, _any(work, "subject__contains"))
        forget_entries_about(Rule, Rule.objects.filter(person__in=work.ids).values_list("pk", flat=True))
        _delete(work, Rule, Q(person__in=work.ids))
        ring_rules()
        ring_said()


def forget_searches(work: ErasureWork) -> None:
    """Deletes the log of searches that were made with a face of the person, or for them alone.

    Call it before their sightings are erased.
    """
    theirs = Q(sighting__in=Sighting.objects.filter(person__in=work.ids).values("pk"))
    with transaction.atomic():
        named = SearchLog.objects.alias(said=Cast("filters", TextField())).filter(_any(work, "said__contains"))
        keys = [*SearchLog.objects.filter(theirs).values_list("pk", flat=True), *named.values_list("pk", flat=True)]
        work.remember(SearchLog, keys)
        SearchLog.objects.filter(pk__in=keys).delete()


def forget_imports(work: ErasureWork, name: str) -> None:
    """Ends imports that would bring the person back, and takes the name out of their reports.

    Whom an import has not come to yet stands in the directory of its ZIP alone.
    """
    theirs = Q(person__in=work.ids) | Q(person_name__iexact=name, person=None)
    for job in list(ImportJob.objects.unfinished()):
        if job.entries.filter(theirs).exists() or folded(name) in _named_in(job):
            _stop_import(work, job)
        work.go_on()
    with transaction.atomic():
        _delete(work, ImportEntry, theirs)
    for job in ImportJob.objects.filter(original_name__icontains=name):
        erase_details(f"import:{job.pk}")
        ImportJob.objects.filter(pk=job.pk).update(original_name=without([name], job.original_name))
        take_names_out(entries_about(ImportJob, [job.pk]), [name])


def forget_links(work: ErasureWork, name: str) -> None:
    """Empties what the audit says of their photos and links, and deletes links to their name that led to nobody.

    A photo may have been somebody else's before, and a link is nobody's before it is approved: these entries are not
    about the person. Links that can still be used stay, and those of a name that somebody else has, too.
    """
    photos = Photo.objects.filter(person__in=work.ids).values_list("pk", flat=True)
    links = EnrolmentLink.objects.filter(person__in=work.ids).values_list("pk", flat=True)
    over: list[UUID] = []
    if not _has_namesake(work, name):
        ended = Q(state__in=ENDED_LINKS) | Q(state__in=USABLE, expires_at__lt=Now())
        over = list(EnrolmentLink.objects.filter(ended, person=None, name__iexact=name).values_list("pk", flat=True))
    about = [f"photo:{key}" for key in photos] + [f"enrolment link:{key}" for key in (*links, *over)]
    with transaction.atomic():  # both or neither: afterwards nobody knows which links these were
        forget_entries_about(EnrolmentLink, over)
        _delete(work, EnrolmentLink, Q(pk__in=over))
        if about:
            erase_details(*about)


def forget_answers(work: ErasureWork, name: str) -> None:
    """Forgets answers that are kept for repeated requests, if they show the person, or a photo or link of theirs.

    A client that repeats the request is refused until the day is over; it would add the person again.
    """
    rows = (model._default_manager.filter(person__in=work.ids) for model in (Photo, EnrolmentLink))
    others = [str(key) for each in rows for key in each.values_list("pk", flat=True)]
    shown = Q(body__contains=json.dumps(name, ensure_ascii=False))  # with its quotation marks: not of "Anna" for "Ann"
    in_address = Q(pk__in=[])
    for key in (*work.erasure.ids, *others):
        shown |= Q(body__contains=key)
        in_address |= Q(address__contains=key)
    with transaction.atomic():
        keys = KeptAnswer.objects.filter(shown).values_list("pk", "key")
        named = [pk for pk, key in keys if without([name], key) != key]
        _delete(work, KeptAnswer, in_address | Q(pk__in=named))  # an address with their id adds nothing any more
        answers = KeptAnswer.objects.filter(shown).select_for_update()
        work.remember(KeptAnswer, [row.pk for row in answers])
        forget_bodies(answers)


def forget_names_in_audit(work: ErasureWork, name: str) -> None:
    """Empties details of the audit's entries about others that name the person, unless somebody else has the name."""
    if not _has_namesake(work, name):
        erase_details_naming(name, work.go_on)


def forget_pictures_in_cache(cameras: list[int]) -> None:
    """Takes the newest pictures of these cameras out of the cache, which would keep them for some seconds more."""
    shared_cache().delete_many([f"{kind}:{key}" for key in cameras for kind in ("frame", "annotated", "sent")])


def _unname(work: ErasureWork, model: type[Model], column: str) -> None:
    """Empties a column of rows that are not the person's, in batches."""
    rows: Any = model._default_manager
    while True:
        with transaction.atomic():
            ids = list(rows.filter(**{f"{column}__in": work.ids}).order_by("pk").values_list("pk", flat=True)[:BATCH])
            rows.filter(pk__in=ids).update(**{column: None})
        if len(ids) < BATCH:
            return
        work.go_on()


def _forget_edits(work: ErasureWork) -> None:
    """Leaves in the ledger that somebody said something, when and about which sightings, and not of whom."""
    for column in ("person", "other_person"):
        rows = IdentityEdit.objects.filter(**{f"{column}__in": work.ids})
        # What was to be named by them is not any more; an undo that is under way needs no detail, and goes on.
        rows.working().exclude(kind=EditKind.UNDO).update(state=EditState.DONE, total=F("changed"))
        rows.update(**{column: None, "detail": {}})
    named = IdentityEdit.objects.alias(said=Cast("detail", TextField())).filter(_any(work, "said__contains"))
    for edit in named:
        IdentityEdit.objects.filter(pk=edit.pk).update(detail=_without_ids(edit.detail, set(work.erasure.ids)))


def _without_ids(said: Any, ids: set[str]) -> Any:
    """Returns JSON with nothing in place of these ids: somebody else was corrected, and was not the person."""
    if isinstance(said, dict):
        return {name: _without_ids(value, ids) for name, value in said.items()}
    if isinstance(said, list):
        return [_without_ids(value, ids) for value in said if not (isinstance(value, str) and value in ids)]
    return None if isinstance(said, str) and said in ids else said


def _delete(work: ErasureWork, model: type[Model], which: Q) -> None:
    rows: Any = model._default_manager.filter(which)
    keys = list(rows.values_list("pk", flat=True))
    work.remember(model, keys)
    model._default_manager.filter(pk__in=keys).delete()


def _any(work: ErasureWork, lookup: str) -> Q:
    found = Q(pk__in=[])
    for key in work.erasure.ids:
        found |= Q(**{lookup: key})
    return found


def _has_namesake(work: ErasureWork, name: str) -> bool:
    return bool(Person.objects.called(name).exclude(pk__in=work.ids).exists())


def _named_in(job: ImportJob) -> set[str]:
    """Returns the folded names of everybody whom the ZIP may bring; none if it cannot be read, so brings nobody."""
    try:
        if job.state == ImportState.ASKING:
            readings = contents_of_job(job).readings.offered
            return {folded(name) for reading in readings for name in reading.names.values()}
        with job.file.open("rb") as archive:
            candidates = candidates_in_zip(archive, layout=job.layout, encoding=job.encoding)
        return {folded(each.person) for each in candidates}
    except (BadArchive, LayoutInDoubt, FileNotFoundError):
        return set()


@transaction.atomic
def _stop_import(work: ErasureWork, job: ImportJob) -> None:
    held = ImportJob.objects.unfinished().select_for_update().filter(pk=job.pk).first()
    if held is not None:
        work.remember_objects([held.file.name])
        end(held, state=ImportState.CANCELLED, reason=IMPORT_STOPPED)
