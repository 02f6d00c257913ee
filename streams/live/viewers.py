"""Counts each user's live connections in this process."""

from __future__ import annotations

from collections import Counter
from typing import Any

# 20: a few browsers with a few tabs each; more comes from a script that has gone wrong.
MOST_PLACES = 20


class Places:
    """Counts live connections per user, at most MOST_PLACES each."""

    def __init__(self) -> None:
        self._taken: Counter[Any] = Counter()

    def has_room(self, user_id: Any) -> bool:
        return self._taken.get(user_id, 0) < MOST_PLACES

    def take(self, user_id: Any) -> bool:
        if not self.has_room(user_id):
            return False
        self._taken[user_id] += 1
        return True

    def give_back(self, user_id: Any) -> None:
        self._taken[user_id] -= 1
        if self._taken[user_id] <= 0:
            del self._taken[user_id]


PLACES = Places()
