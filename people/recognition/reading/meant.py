"""Tells which faces of a picture are meant, and which stand in the background."""

from __future__ import annotations

from collections.abc import Sequence

from people.recognition.types import Face

BYSTANDER = 1 / 3
"""A face less than a third as wide as the main one stands three times as far away, so it is not meant."""
ANOTHER = 0.82
"""Score from which on a second face is meant: less sure ones beside a sure one are turned away or out of focus."""


def meant(faces: Sequence[Face]) -> list[Face]:
    """Returns the main face and those from which somebody must choose; `faces` are sure ones, biggest first."""
    return [face for face in faces if face is faces[0] or _is_beside(face, faces[0])]


def _is_beside(face: Face, main: Face) -> bool:
    return face.box.width >= BYSTANDER * main.box.width and face.score >= ANOTHER
