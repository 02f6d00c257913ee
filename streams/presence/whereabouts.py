"""Where somebody is, by when they were seen where: as the database computes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

LONG_AGO = timedelta(hours=4)
"""Whoever was not seen for so long may have left unseen."""


class Where(StrEnum):
    """Where somebody is. The order is that of a list: those who are surely here come first."""

    IN_VIEW = "in_view"
    HERE = "here"
    LEFT = "left"
    SEEN = "seen"


ORDER = {where: number for number, where in enumerate(Where)}
"""The database's number for each."""


class WhyGuessed(StrEnum):
    """Why it is a guess that somebody is here."""

    NO_EXIT = "no_exit"
    EXIT_DOWN = "exit_down"
    LONG_AGO = "long_ago"


_WORDS = {Where.IN_VIEW: "in view", Where.HERE: "here", Where.LEFT: "left", Where.SEEN: "seen, not known whether here"}
_GUESSED = {
    WhyGuessed.NO_EXIT: "probably here: no camera sees who leaves",
    WhyGuessed.EXIT_DOWN: "probably here: an exit gave no pictures meanwhile",
    WhyGuessed.LONG_AGO: "probably here: not seen for hours",
}


@dataclass(frozen=True, slots=True)
class Whereabouts:
    where: Where
    guess: WhyGuessed | None = None
    exit_down: str = ""
    """Which exit gave no pictures, and when: if that is why it is a guess."""

    @property
    def words(self) -> str:
        """Such as "here", or "probably here: not seen for hours"."""
        if self.exit_down:
            return f"probably here: {self.exit_down}"
        return _GUESSED[self.guess] if self.guess else _WORDS[self.where]


# Of rows with `in_view`, `last`, `inside` and `out`: when last by a camera at an entrance or inside, and at an exit.
# Whoever was seen at an exit after everywhere else has left. Cameras without a role say nothing of who is here.
PLACE = f"""
CASE WHEN in_view THEN {ORDER[Where.IN_VIEW]}
     WHEN out IS NOT NULL AND inside IS NULL OR out > inside THEN {ORDER[Where.LEFT]}
     WHEN inside IS NULL THEN {ORDER[Where.SEEN]}
     ELSE {ORDER[Where.HERE]} END
"""
"""SQL of the number of where somebody is (ORDER)."""
GUESS = f"""
CASE WHEN place <> {ORDER[Where.HERE]} THEN NULL
     WHEN %(sees_exits)s AND last < %(blind_until)s THEN '{WhyGuessed.EXIT_DOWN}'
     WHEN last < %(long_ago)s THEN '{WhyGuessed.LONG_AGO}'
     WHEN NOT %(sees_exits)s THEN '{WhyGuessed.NO_EXIT}' END
"""
"""SQL of why it is a guess that somebody is here, or NULL. `sees_exits`: whether any camera sees who leaves.
`blind_until`: until when one of these last saw nobody; null: that is not known of any. Whoever was not seen since may
have left before it."""
