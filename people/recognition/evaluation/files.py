"""Reads the CSV files that describe an evaluation, and runs one evaluation of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from people.recognition.errors import BadTable
from people.recognition.evaluation.methods import Method, Photos, rows_of
from people.recognition.evaluation.plot import Curve
from people.recognition.evaluation.protocols import Encoded, distance, identify, verify

ROLES = ("gallery", "probe", "unknown")
_TRUE, _FALSE = ("1", "true", "yes", "same"), ("0", "false", "no", "different")


@dataclass(frozen=True, slots=True)
class Pair:
    path_a: str
    path_b: str
    same: bool


@dataclass(frozen=True, slots=True)
class Entry:
    role: str
    person: str
    path: str


def read_pairs(path: Path) -> list[Pair]:
    """Reads rows `path_a,path_b,same[,set]`. Raises BadTable."""
    return [
        Pair(row["path_a"], row["path_b"], _flag(row["same"], path, line))
        for line, row in _rows(path, ("path_a", "path_b", "same"))
    ]


def read_identification(path: Path) -> list[Entry]:
    """Reads rows `role,person,path`; the role is one of gallery, probe, unknown. Raises BadTable."""
    entries = []
    for line, row in _rows(path, ("role", "person", "path")):
        if row["role"] not in ROLES:
            raise BadTable(f"{path.name} line {line}: expected a role of {', '.join(ROLES)}, got {row['role']!r}")
        entries.append(Entry(row["role"], row["person"], row["path"]))
    return entries


def read_folder(root: Path) -> list[Entry]:
    """Returns every file of `root`/<person>/ as an entry of the gallery. Raises BadTable if there is none."""
    try:
        files = [file for file in sorted(root.glob("*/*")) if file.is_file() and not file.name.startswith(".")]
    except OSError as error:
        raise BadTable(f"{root} cannot be read: {error}") from error
    if not files:
        raise BadTable(f"{root} has no folders with photos: expected {root}/<person>/<photo>")
    return [Entry("gallery", file.parent.name, str(file.relative_to(root))) for file in files]


def every_pair(entries: Sequence[Entry]) -> list[Pair]:
    """Returns all pairs of a folder's photos."""
    return [Pair(one.path, other.path, one.person == other.person) for one, other in combinations(entries, 2)]


def evaluate(photos: Photos, pairs: Sequence[Pair] | None, entries: Sequence[Entry] | None) -> dict[str, Any]:
    """Returns the object that `manage.py evaluate --json` prints for one method.

    A part that is None was not asked for and is left out; an empty part gives zeros.
    """
    report: dict[str, Any] = {}
    if pairs is not None:
        report["verification"] = verify(_judged(photos, pairs), photos.method.pair_threshold).as_json()
    if entries is not None:
        report["identification"] = _identification(photos.method, photos, entries)
    report |= {"engine": photos.method.name, "seconds": photos.seconds, "failures": photos.failures}
    return report


def curve_of(photos: Photos, pairs: Sequence[Pair]) -> Curve:
    """Returns the curve for plot.plot. Each photo is encoded only once, when it is first asked for."""
    distances = np.nan_to_num([distance(one, other) for one, other, _same in _judged(photos, pairs)], nan=np.inf)
    same = np.array([pair.same for pair in pairs], bool)
    return Curve(photos.method.name, distances[same], distances[~same], photos.method.pair_threshold)


def _judged(photos: Photos, pairs: Sequence[Pair]) -> list[tuple[Encoded, Encoded, bool]]:
    return [(photos[pair.path_a], photos[pair.path_b], pair.same) for pair in pairs]


def _identification(method: Method, photos: Photos, entries: Sequence[Entry]) -> dict[str, Any]:
    by_role = {role: [(entry.person, entry.path) for entry in entries if entry.role == role] for role in ROLES}
    return identify(
        method.gallery(rows_of(photos, by_role["gallery"])),
        [(person, photos[path]) for person, path in by_role["probe"]],
        [photos[path] for _person, path in by_role["unknown"]],
        method.thresholds,
    ).as_json()


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yields line number and stripped values of each row. Raises BadTable for an unreadable file or missing column."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file)
            if missing := set(columns) - set(table.fieldnames or ()):
                raise BadTable(f"{path.name}: expected the columns {', '.join(columns)}, missing {sorted(missing)}")
            for row in table:
                if any(row[column] is None for column in columns):
                    raise BadTable(f"{path.name} line {table.line_num}: expected {len(columns)} values")
                yield table.line_num, {column: row[column].strip() for column in columns}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadTable(f"{path.name} cannot be read: {error}") from error


def _flag(value: str, path: Path, line: int) -> bool:
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise BadTable(f"{path.name} line {line}: expected same to be 1 or 0, got {value!r}")
