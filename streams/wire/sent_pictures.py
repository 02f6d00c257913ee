"""Pictures that browsers send, on their way from web to worker: only the newest of each camera, without a queue.

`sent:<camera id>` in the cache holds (number, JPEG). A message in the group `sent.<camera id>` tells the one worker
that runs the camera that it has changed. `sender:<camera id>` is the place of the one browser that sends.
"""

from __future__ import annotations

from typing import Final

from streams.wire.cache import shared_cache

KEPT_S = 5
# 10 s: renewed every 3 s; a phone that lost its network keeps its place for this long.
PLACE_S = 10
RENEW_EVERY_S = 3.0
PICTURE_SENT: Final = "picture.sent"
Picture = tuple[int, bytes]


def sent_group(camera_id: int) -> str:
    return f"sent.{camera_id}"


def put_sent(camera_id: int, picture: Picture) -> None:
    shared_cache().set(f"sent:{camera_id}", picture, KEPT_S)


def newest_sent(camera_id: int) -> Picture | None:
    """Returns the newest picture; None if none came for 5 s."""
    found = shared_cache().get(f"sent:{camera_id}")
    return None if found is None else (found[0], found[1])


def take_place(camera_id: int, sender: str) -> bool:
    """Takes or renews the place; returns whether `sender` has it now."""
    return shared_cache().add(f"sender:{camera_id}", sender, PLACE_S) or renew_place(camera_id, sender)


def renew_place(camera_id: int, sender: str) -> bool:
    if shared_cache().get(f"sender:{camera_id}") != sender:
        return False
    return shared_cache().touch(f"sender:{camera_id}", PLACE_S)


def leave_place(camera_id: int, sender: str) -> None:
    if shared_cache().get(f"sender:{camera_id}") == sender:
        shared_cache().delete(f"sender:{camera_id}")
