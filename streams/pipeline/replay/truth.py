"""Scores a replay: compares the seconds in which people were named with a list of who is visible when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from people.recognition.types import Verdict
from streams.pipeline.messages import Overlay, SightingChange
from streams.pipeline.replay.replaying import seconds_in


@dataclass(frozen=True, slots=True)
class Presence:
    """A person is visible from `start` to `end`, in seconds of the clip."""

    person: str
    start: float
    end: float


def presences(labels: Mapping[str, Any], clip: str) -> list[Presence]:
    """Reads the entry of labels.json whose path ends with `clip`. Raises ValueError if there is none."""
    try:
        entry = next(one for one in labels["files"] if one["path"] == clip or one["path"].endswith(f"/{clip}"))
        rows = entry.get("timeline", [])
        return [Presence(row["person"], float(row["start"]), float(row["end"])) for row in rows if row["person"]]
    except StopIteration:
        raise ValueError(f"the labels have no clip {clip!r}") from None
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"the labels are not in the expected form: {error}") from None


@dataclass(slots=True)
class Score:
    """Counts person-seconds. Only enrolled people can be right or missed; a name is wrong if that person is absent."""

    truth: list[Presence]
    enrolled: frozenset[str]
    right_s: float = 0.0
    wrong_s: float = 0.0
    missed_s: float = 0.0
    _at_s: float = 0.0
    _named: set[str] = field(default_factory=set)
    _strangers: set[object] = field(default_factory=set)
    _named_at_s: dict[Presence, float] = field(default_factory=dict)

    def frame(self, overlay: Overlay) -> None:
        """Scores the names of the frame before, which held until this one."""
        now_s = seconds_in(overlay.captured_at)
        lasted_s, middle_s = now_s - self._at_s, (now_s + self._at_s) / 2
        visible = self._visible(middle_s, middle_s)
        self.right_s += lasted_s * len(self._named & visible)
        self.wrong_s += lasted_s * len(self._named - visible)
        self.missed_s += lasted_s * len((visible & self.enrolled) - self._named)
        self._at_s = now_s
        self._named = {face.person for face in overlay.faces if face.verdict is Verdict.MATCH and face.person}
        for presence in self.truth:
            if presence.person in self._named and presence.start <= now_s <= presence.end:
                self._named_at_s.setdefault(presence, now_s)

    def change(self, change: SightingChange) -> None:
        """Counts a named stranger if a sighting got the name of somebody who was not there."""
        if change.verdict is not Verdict.MATCH or change.person is None:
            return
        began_s, last_s = seconds_in(change.first_seen_at), seconds_in(change.last_seen_at)
        if change.person not in self._visible(began_s, last_s):
            self._strangers.add(change.id)

    def as_json(self) -> dict[str, Any]:
        rounded = {name: round(getattr(self, name), 2) for name in ("right_s", "wrong_s", "missed_s")}
        return {**rounded, "strangers_named": len(self._strangers), "named_after_s": self._named_after_s()}

    def _named_after_s(self) -> list[dict[str, Any]]:
        """Returns how long each enrolled person was visible before they were named; None if they never were."""
        return [
            {"person": one.person, "visible_from_s": one.start, "named_after_s": self._waited_s(one)}
            for one in self.truth
            if one.person in self.enrolled
        ]

    def _waited_s(self, presence: Presence) -> float | None:
        named_s = self._named_at_s.get(presence)
        return None if named_s is None else round(named_s - presence.start, 2)

    def _visible(self, from_s: float, to_s: float) -> set[str]:
        return {one.person for one in self.truth if one.start <= to_s and one.end >= from_s}


def last_words(changes: Iterable[SightingChange]) -> list[SightingChange]:
    """Returns the last change of each sighting, ordered by when the sightings began."""
    by_id = {change.id: change for change in changes}
    return sorted(by_id.values(), key=lambda change: change.first_seen_at)
