"""Erases files that were made for somebody outside: cases, answers to access requests, and videos with the person."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from people.audit.forgetting import erase_details
from streams.access_requests.access_request import AccessRequest
from streams.cases.case import Case
from streams.erasing.erasure import Erasure
from streams.erasing.faces import any_footage_with
from streams.erasing.history import FETCHED, entries_about, forget_entries_about, take_names_out
from streams.erasing.words import without
from streams.erasing.work import ErasureWork, files_of
from streams.jobs.job_row import UNENDED, JobState
from streams.records.sighting import Sighting
from streams.videos.video import Video, VideoLook, VideoSighting

SOMEBODY_ERASED = "Somebody who is in it was erased meanwhile. Ask for it again, and they will not be in it."
IN_A_BUCKET = "video in a bucket of yours, which this site only reads: delete it there"
AT_ONCE = 200


def erase_cases(work: ErasureWork, names: Iterable[str], sightings: Collection[str]) -> None:
    """Deletes the ZIPs that show the person, and takes them out of what was asked for; the rows stay without them.

    They say who handed over what, and why. What was fetched before is listed in the certificate. `sightings`: those of
    the person. Call it before these are erased, and again after that: somebody may have asked for a case meanwhile.
    """
    for case in _cases_with(work, set(sightings)):
        erase_details(f"case:{case.pk}")  # what was asked for, in words, stands there, too
        with transaction.atomic():
            _erase_case(work, Case.objects.select_for_update().get(pk=case.pk), names, set(sightings))
        work.go_on()
    work.delete_objects()


def erase_videos(work: ErasureWork, names: Iterable[str]) -> None:
    """Deletes the person's appearances in analysed videos, with their pictures, and the files of these videos."""
    theirs = VideoSighting.objects.filter(person__in=work.ids)
    for video in Video.objects.filter(pk__in=theirs.values("video")):
        erase_details(f"video:{video.pk}")  # the title stands there, too
        with transaction.atomic():
            _erase_from(work, Video.objects.select_for_update().get(pk=video.pk), theirs.filter(video=video), names)
        work.go_on()
    work.delete_objects()


def erase_access_requests(work: ErasureWork) -> None:
    """Deletes answers to their own access requests, with the ZIPs."""
    for row in AccessRequest.objects.filter(person__in=work.ids):
        with transaction.atomic():
            note_handed_over(work, row, "answer to an access request")
            work.remember(AccessRequest, [row.pk], objects=[row.file.name] if row.file else [])
            stop_job(row)
            forget_entries_about(AccessRequest, [row.pk])  # they say how somebody asked, in words of their own
            AccessRequest.objects.filter(pk=row.pk).delete()
    work.delete_objects()


def _cases_with(work: ErasureWork, sightings: set[str]) -> Iterator[Case]:
    """Yields the cases that name the person, were asked for with one of their sightings, or show them beside others."""
    ids = set(work.erasure.ids)
    for case in Case.objects.order_by("pk").iterator(AT_ONCE):
        if ids.intersection(case.people) or not sightings.isdisjoint(case.asked_ids) or _shows_them(work, case):
            yield case


def _shows_them(work: ErasureWork, case: Case) -> bool:
    """Returns whether the ZIP, which there is or which is being made, has a whole frame or clip with the person."""
    if case.video_id or not (case.file or case.state in UNENDED):
        return False
    return any_footage_with(work.ids, case.asked_ids)


def sightings_of(work: ErasureWork) -> set[str]:
    """Returns the ids of the person's sightings, those in videos and those that a machine named so included."""
    found: set[str] = set()
    for column in ("person", "machine_person"):  # a case names whom the machine had named, too
        theirs = {f"{column}__in": work.ids}  # one column after the other: each has an index
        found.update(map(str, Sighting.objects.filter(**theirs).values_list("pk", flat=True)))
        found.update(map(str, VideoSighting.objects.filter(**theirs).values_list("pk", flat=True)))
    return found


def _erase_case(work: ErasureWork, case: Case, names: Iterable[str], theirs: set[str]) -> None:
    note_handed_over(work, case, "case")
    work.remember_objects([case.file.name] if case.file else [])
    ids = set(work.erasure.ids)
    case.title, case.reason = without(names, case.title), without(names, case.reason)
    case.asked = [[label, without(names, value)] for label, value in case.asked]
    case.people = [key for key in case.people if key not in ids]
    case.asked_ids = [key for key in case.asked_ids if key not in theirs]
    case.file, case.size_bytes = "", 0
    take_names_out(entries_about(Case, [case.pk]), names)
    case.save(update_fields=["title", "reason", "asked", "people", "asked_ids", "file", "size_bytes"])
    stop_job(case)


def stop_job(job: Any) -> None:
    """Ends a job that is still being made, so that its worker's claim is worth nothing any more."""
    ended = {"state": JobState.FAILED, "problem": SOMEBODY_ERASED, "claimed_by": "", "finished_at": Now()}
    type(job)._default_manager.filter(pk=job.pk, state__in=UNENDED).update(**ended)


def note_handed_over(work: ErasureWork, job: Any, what: str) -> None:
    """Writes down, for the certificate, that a file was fetched by somebody: it is out of the site's reach."""
    fetched = [at.isoformat(timespec="seconds") for at in _fetched_at(job)]
    if not fetched or any(each["id"] == str(job.pk) for each in work.erasure.handed_over):
        return
    made_at = job.finished_at.isoformat(timespec="seconds") if job.finished_at else None
    work.erasure.handed_over.append({"what": what, "id": str(job.pk), "made_at": made_at, "fetched": fetched})
    Erasure.objects.filter(pk=work.erasure.pk).update(handed_over=work.erasure.handed_over)


def _fetched_at(job: Any) -> Iterable[Any]:
    entries = entries_about(type(job), [job.pk]).filter(change_message__startswith=FETCHED)
    found: Iterable[Any] = entries.order_by("pk").values_list("action_time", flat=True)
    return found


def _erase_from(work: ErasureWork, video: Video, theirs: Any, names: Iterable[str]) -> None:
    looks = VideoLook.objects.filter(sighting__in=theirs)
    work.remember(VideoLook, looks.values_list("pk", flat=True), objects=files_of(looks, "picture"))
    looks.delete()
    keys: list[UUID] = list(theirs.values_list("pk", flat=True))
    work.remember(VideoSighting, keys)
    VideoSighting.objects.filter(pk__in=keys).delete()
    stop_job(video)
    if video.address:
        _note_elsewhere(work, video)
    Video.objects.filter(pk=video.pk).update(title=without(names, video.title))
    take_names_out(entries_about(Video, [video.pk]), names)
    if video.file:
        work.remember_objects([video.file.name])
        Video.objects.filter(pk=video.pk).update(file="", remark=_remark(video))


def _note_elsewhere(work: ErasureWork, video: Video) -> None:
    """Writes down, for the certificate, that the file lies in a bucket of the operator, which the site only reads.

    By the id, whose page has the address: names of files may be names of people.
    """
    if not any(each["id"] == str(video.pk) for each in work.erasure.handed_over):
        work.erasure.handed_over.append({"what": IN_A_BUCKET, "id": str(video.pk), "made_at": None, "fetched": []})
        Erasure.objects.filter(pk=work.erasure.pk).update(handed_over=work.erasure.handed_over)


def _remark(video: Video) -> str:
    said = "Its file was deleted, because somebody who is in it was erased."
    return f"{video.remark} {said}".strip() if said not in video.remark else video.remark
