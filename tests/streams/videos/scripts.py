"""Children of videos that need no video: module level functions, so that another process can run them."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from multiprocessing.connection import Connection
from uuid import UUID

from people.recognition.types import Verdict
from streams.pipeline.child.orders import Orders
from streams.pipeline.child.video import VideoEnded, VideoOrder, VideoProgress, VideoRefused
from streams.pipeline.reasons import Reason
from streams.pipeline.replay.replaying import BEGIN
from tests.streams.cases.pictures import face
from tests.streams.said import new_detection, sighting_change

LENGTH_S = 120.0


def sees(pipe: Connection, begins_s: float, *, person: str | None = None, **more: object) -> None:
    """Reports one stay of two seconds."""
    verdict = Verdict.MATCH if person else Verdict.UNKNOWN
    first = BEGIN + timedelta(seconds=begins_s)
    look = new_detection(captured_at=first, verdict=verdict, person=person, snapshot=face())
    times = {"captured_at": first, "first_seen_at": first, "last_seen_at": first + timedelta(seconds=2)}
    pipe.send(
        sighting_change(**times, ended=True, verdict=verdict, person=person, detections=(look,), **more)  # type: ignore[arg-type]
    )


def sees_everybody(order: VideoOrder, pipe: Connection) -> None:
    """Everybody in the gallery, one after the other, then two unknown faces."""
    gallery = Orders(pipe).receive().gallery  # type: ignore[union-attr]
    for place, person in enumerate(gallery.people):
        sees(pipe, 10.0 * place, person=str(UUID(str(person))))
    pipe.send(VideoProgress(60.0, LENGTH_S))
    sees(pipe, 80)
    sees(pipe, 100)
    pipe.send(VideoEnded(LENGTH_S, LENGTH_S))


def sees_until_gone(order: VideoOrder, pipe: Connection) -> None:
    """Sees the only person of the gallery, waits for a gallery without them, and sees nobody then."""
    orders = Orders(pipe)
    (person,) = orders.receive().gallery.people  # type: ignore[union-attr]
    sees(pipe, 1, person=str(UUID(str(person))))
    if pipe.poll(30) and not orders.receive().gallery.people:  # type: ignore[union-attr]
        sees(pipe, 20)
    pipe.send(VideoEnded(LENGTH_S, LENGTH_S))


def ends_early(order: VideoOrder, pipe: Connection) -> None:
    sees(pipe, 1)
    pipe.send(VideoEnded(30.0, LENGTH_S))


def has_no_times(order: VideoOrder, pipe: Connection) -> None:
    sees(pipe, 1)
    pipe.send(VideoEnded(30.0, None, is_counted=True))


def refuses(order: VideoOrder, pipe: Connection) -> None:
    """Sees something first, so that there is something to be dropped."""
    sees(pipe, 1)
    pipe.send(VideoRefused(Reason.SOUND_ONLY.said()))


def dies(order: VideoOrder, pipe: Connection) -> None:
    sees(pipe, 1)
    pipe.send(VideoProgress(3.0, LENGTH_S))
    os._exit(9)


def goes_on(order: VideoOrder, pipe: Connection) -> None:
    sees(pipe, 1)
    pipe.send(VideoProgress(3.0, LENGTH_S))
    time.sleep(600)
