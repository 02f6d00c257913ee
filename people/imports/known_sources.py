"""Finds in paths what Frigate and Double Take write beside the photos of people, so that it makes no person.

Frigate keeps faces as clips/faces/<person>/*.webp, and those that nobody has sorted yet in clips/faces/train/. Double
Take keeps train/<person>/*.jpg, and what its cameras saw in matches/ and latest/.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from people.base.names import folded
from people.imports.path_words import is_nobody, is_unsorted_face, split_path

_SEEN = {"matches", "latest"}
"""Folders of Double Take with what its cameras saw."""


class Aside(StrEnum):
    """Why a file is not taken as a photo of somebody."""

    BAD_PATH = "bad_path"
    UNSORTED = "unsorted_face"
    NOT_ENROLLED = "not_for_enrolment"
    NOBODY = "names_nobody"


SENTENCES: dict[Aside, str] = {
    Aside.BAD_PATH: "The path does not name a person.",
    Aside.UNSORTED: "This is a face that nobody has sorted yet: the folder “train” is nobody's name.",
    Aside.NOT_ENROLLED: "This is what a camera saw, not a photo of somebody who was enrolled.",
    Aside.NOBODY: "Neither its folder nor its own name names a person.",
}


@dataclass(frozen=True, slots=True)
class KnownSource:
    """The files that are not for enrolment, with the reason."""

    program: str = ""
    """The program that wrote all the others, each in a folder of its person; or ""."""
    aside: Mapping[str, Aside] = field(default_factory=dict)


def source_of(paths: Iterable[str]) -> KnownSource:
    """Looks at relative paths with forward slashes."""
    cache: dict[tuple[str, ...], tuple[str, ...]] = {}
    folders = {path: _folded(split_path(path)[0], cache) for path in paths}
    everywhere = set(folders.values())
    is_frigate = any(_below(dirs, ("clips", "faces")) for dirs in everywhere) or any(map(_is_unsorted, folders))
    has_seen = any(set(dirs) & _SEEN for dirs in everywhere)
    is_double_take = has_seen and any(_below(dirs, ("train",)) for dirs in everywhere)
    found = ((path, _why(path, dirs, is_frigate, is_double_take)) for path, dirs in folders.items())
    aside = {path: why for path, why in found if why}
    person_in = {dirs[-2:-1] for path, dirs in folders.items() if path not in aside}
    if is_double_take and person_in == {("train",)}:
        return KnownSource("Double Take", aside)
    return KnownSource("Frigate" if is_frigate and person_in == {("faces",)} else "", aside)


def _why(path: str, dirs: tuple[str, ...], is_frigate: bool, is_double_take: bool) -> Aside | None:
    if path.startswith("/") or ".." in dirs:
        return Aside.BAD_PATH
    if dirs[-1:] == ("train",) or _is_unsorted(path):
        return Aside.UNSORTED
    if any(map(is_nobody, dirs)):
        return Aside.NOBODY
    if is_frigate and "clips" in dirs and not _below(dirs, ("clips", "faces")):
        return Aside.NOT_ENROLLED
    return Aside.NOT_ENROLLED if is_double_take and set(dirs) & _SEEN else None


def _is_unsorted(path: str) -> bool:
    return is_unsorted_face(split_path(path)[1])


def _folded(dirs: tuple[str, ...], cache: dict[tuple[str, ...], tuple[str, ...]]) -> tuple[str, ...]:
    if dirs not in cache:
        cache[dirs] = tuple(map(folded, dirs))
    return cache[dirs]


def _below(dirs: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    """Returns whether `dirs` lead through the folders `outer` into a further one."""
    length = len(outer)
    return any(dirs[start : start + length] == outer for start in range(len(dirs) - length))
