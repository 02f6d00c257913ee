"""Services that ask for the analysis of a video, delete one, and forget old ones."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone

from people.base.doorbells import ring
from people.base.history import Actor, log_added, log_deleted, name_of
from people.records.stored_objects import remove, removed_on_failure, without_row
from streams.cameras.source_rules import validate_source
from streams.errors import BadVideo, TooMuch
from streams.jobs.job_row import key_of
from streams.pipeline.errors import BadAddress
from streams.pipeline.sources.addresses import SourceKind, kind_of
from streams.videos.video import Video, VideoLook

logger = logging.getLogger(__name__)

DOORBELL = "videos.changed"
# 10 of the whole site: an hour of video takes some minutes of a core, and each file up to 500 MB of storage.
MOST_UNENDED = 10
FORGET_BATCH = 20
AHEAD = timedelta(days=1)
"""More than any recorder's clock is ahead of this one's."""
FIRST_YEAR = 1900
"""Browsers send a year that was typed as 26 as 0026."""


def most_bytes() -> int:
    """Returns the size of the largest file that is taken over the web; larger ones come from a bucket."""
    return settings.ZIP_MAX_BYTES


def analyse_upload(*, title: str, file: IO[bytes] | Any, began_at: datetime | None = None, by: Actor) -> Video:
    """Stores an uploaded video and queues its analysis; nothing of it is decoded here. Raises BadVideo and TooMuch."""
    size = file.seek(0, 2)
    file.seek(0)
    if not size:
        raise BadVideo("The file is empty.")
    if size > most_bytes():
        raise BadVideo(f"The file has {size / 1e6:,.0f} MB; at most {most_bytes() / 1e6:,.0f} MB are taken: put it "
                       "into a bucket and name it there, or cut it.")  # fmt: skip
    video = _new(title, began_at, by)
    _check_queue()
    video.size_bytes = size
    video.file.save("video", File(file), save=False)
    with removed_on_failure(video.file.name):
        return _queue(video, "Uploaded a video to be analysed.", by)


def analyse_stored(*, title: str, address: str, began_at: datetime | None = None, by: Actor) -> Video:
    """Queues the analysis of a video in a bucket, gs://bucket/object. Raises BadVideo and TooMuch."""
    try:
        if kind_of(address) is not SourceKind.STORAGE:
            raise BadVideo("Expected a video in a bucket, as gs://bucket/folder/video.mp4.")
        validate_source(address)
    except BadAddress as bad:
        raise BadVideo(str(bad.said)) from None
    except ValidationError as bad:
        raise BadVideo(" ".join(bad.messages)) from None
    _check_queue()
    video = _new(title, began_at, by)
    video.address = address
    return _queue(video, f"Named the video {address} to be analysed.", by)


@transaction.atomic
def delete_video(*, video: Video, by: Actor) -> None:
    """Deletes a video with all that was seen in it; one that is being analysed ends at its next step."""
    log_deleted([video], f"Deleted. Its analysis had been asked for by {video.who}.", by=by)
    transaction.on_commit(partial(remove, [video.file.name, *pictures_of([video.pk])]), robust=True)
    video.delete()


def pictures_of(videos: list[Any]) -> list[str]:
    """Returns the names of the stored pictures of these videos' faces."""
    looks = VideoLook.objects.filter(sighting__video__in=videos).exclude(picture="")
    return list(looks.values_list("picture", flat=True))


def forget_videos(*, finished_before: datetime) -> int:
    """Deletes videos whose analysis ended before `finished_before`; returns how many. It may be interrupted."""
    forgotten = 0
    old = Video.objects.filter(finished_at__lt=finished_before).order_by("finished_at")
    while batch := list(old.values_list("pk", "file")[:FORGET_BATCH]):
        ids = [pk for pk, _ in batch]
        names = pictures_of(ids)
        Video.objects.filter(pk__in=ids).delete()
        remove([*names, *(name for _, name in batch)])
        forgotten += len(batch)
    return forgotten


def sweep_orphans() -> int:
    """Deletes files of videos and pictures of faces that no row names; returns how many."""
    files = Video.objects.exclude(file="").values_list("file", flat=True)
    pictures = VideoLook.objects.exclude(picture="").values_list("picture", flat=True)
    orphans = [*without_row("videos", files), *without_row("video-faces", pictures)]
    remove(orphans)
    return len(orphans)


def _check_queue() -> None:
    if Video.objects.unended().count() >= MOST_UNENDED:
        raise TooMuch(f"{MOST_UNENDED} videos are waiting already: come back when some are done.")


def _new(title: str, began_at: datetime | None, by: Actor) -> Video:
    if began_at and began_at > timezone.now() + AHEAD:
        raise BadVideo("The recording cannot have begun in the future.")
    if began_at and began_at.year < FIRST_YEAR:
        raise BadVideo(f"The recording cannot have begun in the year {began_at.year}: give all four digits.")
    owner = by.pk if by else None
    return Video(title=title, began_at=began_at, created_by_id=owner, key=key_of(by), who=name_of(by))


def _queue(video: Video, words: str, by: Actor) -> Video:
    with transaction.atomic():
        video.save(force_insert=True)
        log_added(video, words, by=by)
        ring(DOORBELL)
    video.refresh_from_db()
    logger.info("video %s asked for, by %s", video.pk, by.pk if by else "the system")
    return video
