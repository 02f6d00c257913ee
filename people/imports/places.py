"""Where the photos of people lie: each path without the folders that are nobody's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from people.base.names import folded, printable
from people.imports.path_words import (
    copied_from,
    is_container,
    is_full_name,
    is_picture,
    is_topic,
    is_view,
    split_path,
)

Split = tuple[str, tuple[str, ...], str, str]
"""A path, its folders, the file's name, and its extension."""


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """One file: `dirs` are the folders above it that may be people or departments, from the outermost."""

    path: str
    dirs: tuple[str, ...]
    stem: str
    is_picture: bool


def places_of(paths: Iterable[str]) -> list[PhotoPlace]:
    """Returns the places of files, without the one folder around everything, if it is a wrapper.

    A copy has the name of the original that lies beside it.
    """
    split = _with_originals([(path, *split_path(path)) for path in paths])
    named = {dirs: _named(dirs) for dirs in {dirs for _, dirs, _, _ in split}}
    places = [
        PhotoPlace(path, named[dirs], printable(stem), is_picture(extension)) for path, dirs, stem, extension in split
    ]
    while _is_wrapped(pictures_of(places)):
        places = [replace(place, dirs=place.dirs[1:]) for place in places]
    return places


def pictures_of(places: Sequence[PhotoPlace]) -> list[PhotoPlace]:
    """Returns the files that look like pictures by their names; all of them if none does."""
    return [place for place in places if place.is_picture] or list(places)


def _with_originals(split: list[Split]) -> list[Split]:
    """Calls "Ada - Copy" Ada where there is an Ada in the same folder; elsewhere somebody may be called so."""
    folders = {dirs for _, dirs, _, _ in split}
    if not any(copied_from(name) for name in {stem for _, _, stem, _ in split}.union(*folders)):
        return split
    there = {(dirs, folded(stem)) for _, dirs, stem, _ in split}
    there |= {(dirs[:depth], folded(dirs[depth])) for dirs in folders for depth in range(len(dirs))}

    def original(parents: tuple[str, ...], name: str) -> str:
        while (base := copied_from(name)) and (parents, folded(base)) in there:
            name = base
        return name

    kept = {dirs: tuple(original(dirs[:depth], name) for depth, name in enumerate(dirs)) for dirs in folders}
    return [(path, kept[dirs], original(dirs, stem), extension) for path, dirs, stem, extension in split]


def _named(dirs: Iterable[str]) -> tuple[str, ...]:
    """Drops "Employees" and "train" always, "2019" and "front" only if a name is left: they may be people's numbers."""
    kept = [printable(folder) for folder in dirs if not is_container(folder)]
    return tuple([folder for folder in kept if not is_topic(folder)] or kept)


def _is_wrapped(places: Sequence[PhotoPlace]) -> bool:
    """Returns whether one folder lies around everything and is not itself a person with folders of photos."""
    tops = {place.dirs[:1] for place in places}
    inner = {place.dirs[1] for place in places if len(place.dirs) > 1}
    if len(tops) != 1 or tops == {()} or not inner:
        return False
    (top,) = next(iter(tops))
    if is_full_name(top) and not all(map(is_full_name, inner)):
        return False
    return not any(is_view(place.stem) for place in places if len(place.dirs) == 1)
