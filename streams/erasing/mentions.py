"""Takes the person out of what is somebody else's, or nobody's: looks, corrections, rules, searches, logs, answers."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.db import transaction
from django.db.models import F, Model, Q, TextField
from django.db.models.functions import Cast

from people.audit.forgetting import erase_details, erase_details_naming
from people.base.doorbells import ring_rules, ring_said
from people.base.kept_answers import KeptAnswer
from people.imports.jobs import ImportEntry, ImportJob
from people.imports.services import end
from people.records.person import Person
from people.records.person_merge import PersonMerge
from people.records.photo import Photo
from people.records.states import ImportState
from streams.erasing.words import TAKEN_OUT, without
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
    """Ends imports that would bring the person back, and takes the name out of their reports."""
    with transaction.atomic():
        theirs = Q(person__in=work.ids) | Q(person_name__iexact=name, person=None)
        for job in ImportJob.objects.unfinished().select_for_update():
            asked = json.dumps(job.names or [], ensure_ascii=False)
            if job.entries.filter(theirs).exists() or without(name, asked) != asked:
                work.remember_objects([job.file.name])
                end(job, state=ImportState.CANCELLED, reason=IMPORT_STOPPED)
        _delete(work, ImportEntry, theirs)
    for job in ImportJob.objects.filter(original_name__icontains=name):
        erase_details(f"import:{job.pk}")
        ImportJob.objects.filter(pk=job.pk).update(original_name=without(name, job.original_name))


def forget_answers(work: ErasureWork, name: str) -> None:
    """Deletes answers that are kept for repeated requests, as far as they show the person or a photo of theirs."""
    photos = map(str, Photo.objects.filter(person__in=work.ids).values_list("pk", flat=True))
    shown = Q(body__contains=json.dumps(name, ensure_ascii=False))  # with its quotation marks: not of "Anna" for "Ann"
    for key in (*work.erasure.ids, *photos):
        shown |= Q(body__contains=key) | Q(address__contains=key)
    with transaction.atomic():
        _delete(work, KeptAnswer, shown)


def forget_history(work: ErasureWork, name: str) -> None:
    """Takes the name out of the admin's history: who did what and when stays.

    Call it before their photos are deleted, and once more at the end, when the deletion itself is in it.
    """
    photos = [str(key) for key in Photo.objects.filter(person__in=work.ids).values_list("pk", flat=True)]
    about = Q(content_type=get_content_type_for_model(Person), object_id__in=work.erasure.ids)
    about |= Q(content_type=get_content_type_for_model(Photo), object_id__in=photos)
    LogEntry.objects.filter(about).update(object_repr=TAKEN_OUT, change_message="")
    if not name:
        return
    named = Q(change_message__icontains=f"“{name}”")
    if len(name.split()) > 1:  # a single word is a part of the names of others, too
        named |= Q(object_repr__icontains=name) | Q(change_message__icontains=name)
    for entry in LogEntry.objects.filter(named):
        LogEntry.objects.filter(pk=entry.pk).update(
            object_repr=without(name, entry.object_repr), change_message=without(name, entry.change_message)
        )


def forget_names_in_audit(work: ErasureWork, name: str) -> None:
    """Empties details of the audit's entries about others that name the person, unless somebody else has the name."""
    if not Person.objects.called(name).exclude(pk__in=work.ids).exists():
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
