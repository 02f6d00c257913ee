"""What a case says of each sighting of an analysed video: the same entry, with places in the video for times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from streams.cases.entries import (
    AT_ONCE,
    VERDICT_WORDS,
    CaseEntry,
    CasePicture,
    how_sure,
    moment,
    numbers_of,
    picture_file,
)
from streams.records.states import StoredVerdict
from streams.sightings.explanations import said_of
from streams.videos.moments import clock, moment_of
from streams.videos.timeline import SHOWN_WITH, name_of_face
from streams.videos.video import Video, VideoSighting


def entries_of_video(video: Video, ids: Sequence[str], user: Any) -> Iterator[CaseEntry]:
    """Yields the sightings `ids` of `video` in their order, as `user` may see them, those that there still are."""
    rows = VideoSighting.objects.visible_to(user).filter(video=video)
    rows = rows.select_related(*SHOWN_WITH).prefetch_related("looks")
    for first in range(0, len(ids), AT_ONCE):
        wanted = list(ids[first : first + AT_ONCE])
        found = {str(row.pk): row for row in rows.order_by().filter(pk__in=wanted)}
        yield from (_entry(video, found[pk]) for pk in wanted if pk in found)


def _entry(video: Video, row: Any) -> CaseEntry:
    """The row has the columns that the words of a camera's sighting need."""
    return CaseEntry(
        id=str(row.pk),
        who=name_of_face(row),
        how_sure=how_sure(row),
        where=f"Video “{video.title}”",
        first=_place(video, row.first_s),
        last=_place(video, row.last_s),
        why=said_of(row),
        numbers=numbers_of(row, video.gallery_version or 0),
        ends=row.last_s,
        remarks=(video.remark,) if video.remark else (),
        pictures=tuple(
            CasePicture(
                _place(video, look.at_s), VERDICT_WORDS[StoredVerdict(look.verdict)], picture_file(look.picture)
            )
            for look in row.looks.all()
            if look.picture
        ),
        person_id=str(row.person_id or ""),
        also_named=str(row.machine_person_id or "") if row.edit else "",
        verdict=row.verdict,
        distance=row.distance,
    )


def _place(video: Video, seconds: float) -> str:
    """Says a place in the video, and the time of the day if somebody said when it began."""
    at = moment_of(video.began_at, seconds)
    return f"{clock(seconds)} of the video" + (f", {moment(at)} if it began when it is said to" if at else "")
