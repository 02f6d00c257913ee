"""Follows a batch of photos until each is decided and was looked at once more, at a cost that does not square."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q

from people.records.person import with_resembled
from people.records.photo import Photo
from people.records.reasons import LIKE_OTHERS, UNLIKE_OWN
from people.records.states import WAITING, PhotoState

ASKED = 500
"""Photos asked about at once. They are decided about in their order, so the first ones tell how far the batch is."""


class Batch:
    """Photos in the order in which they were added."""

    def __init__(self, photos: Collection[UUID]) -> None:
        self._left = deque(photos)
        self.total = len(photos)

    def left(self) -> int:
        """Returns how many are not known to be decided; each photo is asked about until it is, and then no more."""
        while self._left:
            first = list(islice(self._left, ASKED))
            waiting = set(_unfinished().filter(pk__in=first).values_list("pk", flat=True))
            for _ in first:
                self._left.popleft()
            self._left.extendleft(photo for photo in reversed(first) if photo in waiting)
            if waiting:
                break
        return len(self._left)


def _unfinished() -> Any:
    return Photo.objects.filter(Q(state__in=WAITING) | Q(second_look=True))


def odd_photos(people: Collection[UUID]) -> Iterator[Photo]:
    """Yields the held photos of these people that may show somebody else, with `resembled`, as the system sees them."""
    rest = iter(people)
    while some := list(islice(rest, ASKED)):
        held = Photo.objects.filter(person__in=some, state=PhotoState.REVIEW, reason__in=[*UNLIKE_OWN, *LIKE_OTHERS])
        yield from with_resembled(held.select_related("person"), None).order_by("person__name", "created_at", "id")
