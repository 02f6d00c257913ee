"""The CSV files that describe an evaluation, and one evaluation of them."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from people.recognition.evaluation import identify, verify
from people.recognition.evaluation_methods import Method, Photos, rows_of

ROLES = ("gallery", "probe", "unknown")
_TRUE, _FALSE = ("1", "true", "yes", "same"), ("0", "false", "no", "different")


class BadTable(ValueError):
    """A CSV file is not as described; the message names file and line."""


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
    """Rows `path_a,path_b,same[,set]`. Raises BadTable."""
    return [
        Pair(row["path_a"], row["path_b"], _flag(row["same"], path, line))
        for line, row in _rows(path, ("path_a", "path_b", "same"))
    ]


def read_identification(path: Path) -> list[Entry]:
    """Rows `role,person,path`, role one of gallery, probe, unknown. Raises BadTable."""
    entries = []
    for line, row in _rows(path, ("role", "person", "path")):
        if row["role"] not in ROLES:
            raise BadTable(f"{path.name} line {line}: expected a role of {', '.join(ROLES)}, got {row['role']!r}")
        entries.append(Entry(row["role"], row["person"], row["path"]))
    return entries


def evaluate(method: Method, root: Path, pairs: Iterable[Pair] = (), entries: Iterable[Entry] = ()) -> dict[str, Any]:
    """The object that `manage.py evaluate --json` prints, of one method."""
    start = time.monotonic()
    photos = Photos(root, method)
    report: dict[str, Any] = {}
    if pairs := list(pairs):
        judged = [(photos[pair.path_a], photos[pair.path_b], pair.same) for pair in pairs]
        report["verification"] = verify(judged, method.pair_threshold).as_json()
    if entries := list(entries):
        report["identification"] = _identification(method, photos, entries)
    report |= {"engine": method.name, "seconds": round(time.monotonic() - start, 1), "failures": photos.failures}
    return report


def _identification(method: Method, photos: Photos, entries: list[Entry]) -> dict[str, Any]:
    by_role = {role: [(entry.person, entry.path) for entry in entries if entry.role == role] for role in ROLES}
    return identify(
        method.gallery(rows_of(photos, by_role["gallery"])),
        [(person, photos[path]) for person, path in by_role["probe"]],
        [photos[path] for _person, path in by_role["unknown"]],
        method.thresholds,
    ).as_json()


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and stripped values of each row. Raises BadTable for an unreadable file or missing column."""
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
