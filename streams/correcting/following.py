"""What an edit means to strangers: who of them lost or gained sightings, and which sightings want one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

FollowStrangers = Callable[[Collection[UUID]], None]
_followers: list[FollowStrangers] = []


def follows_strangers(follow: FollowStrangers) -> FollowStrangers:
    """Registers `follow`, called in the edit's transaction with the ids of strangers who lost or gained sightings."""
    _followers.append(follow)
    return follow


def strangers_moved(strangers: Collection[UUID | str | None]) -> None:
    """Tells the followers which strangers lost or gained sightings, in the edit's transaction."""
    if moved := {UUID(str(stranger)) for stranger in strangers if stranger}:
        for follow in _followers:
            follow(moved)
