"""Every face of real group pictures is found, and nothing in pictures without a face."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from people.recognition.engine.engine import Engine
from people.recognition.reading.probing import ProbePicture, probe_picture
from tests.people.recognition.conftest import MAX_BYTES


def found(engine: Engine, path: Path) -> int:
    asked = ProbePicture(path.read_bytes(), MAX_BYTES, encode=False)
    return len(probe_picture(engine, asked).found)


def test_every_face_of_a_group_is_found(engine: Engine, shared_faces: Path, labels: dict[str, Any]) -> None:
    groups = {path: label["faces"] for path, label in labels.items() if label["kind"] == "group"}
    assert sum(groups.values()) == 82
    assert {path: found(engine, shared_faces / path) for path in groups} == groups


def test_nothing_is_found_where_there_is_no_face(engine: Engine, shared_faces: Path) -> None:
    pictures = sorted((shared_faces / "none").iterdir())
    assert {path.name: found(engine, path) for path in pictures} == {path.name: 0 for path in pictures}
