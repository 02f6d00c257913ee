"""Reads from paths alone who the people in a set of photos are, says how sure that is, and offers the other readings.

A wrong guess makes one person of many faces, and a stranger is then named. So a reading is sure only if the names of
folders and files speak for it and nothing speaks against it; otherwise somebody is asked. Paths are relative, with
forward slashes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from people.base.names import folded
from people.imports.known_sources import Aside, source_of
from people.imports.layout_choice import Choice, choose
from people.imports.path_words import is_anybody, is_view, without_number
from people.imports.places import PhotoPlace, pictures_of, places_of

NAME_LENGTH = 200


class Layout(StrEnum):
    """What names a person."""

    FOLDERS = "folders"
    INNER_FOLDERS = "inner_folders"
    FILES = "files"
    NUMBERED_FILES = "numbered_files"


OF_FILES = (Layout.FILES, Layout.NUMBERED_FILES)
WORDS: dict[Layout, str] = {
    Layout.FOLDERS: "Each folder is a person",
    Layout.INNER_FOLDERS: "The folders inside are people",
    Layout.FILES: "Each file is a person",
    Layout.NUMBERED_FILES: "Each file is a person; files that differ by a number at the end are one",
}


@dataclass(frozen=True)
class Reading:
    """One way to understand the files: whose photo each of them is."""

    layout: Layout
    names: Mapping[str, str]
    """Path to the person's name; files that are set aside are missing."""
    aside: Mapping[str, Aside]
    """Path to the reason why it is nobody's photo."""
    pictures: frozenset[str]
    """The paths that look like pictures: they alone are counted."""

    @cached_property
    def photos(self) -> Mapping[str, int]:
        """Maps each person's name, as it appears first, to the number of their photos."""
        shown: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for path, name in self.names.items():
            if path in self.pictures:
                counts[shown.setdefault(folded(name), name)] += 1
        return counts

    @property
    def people(self) -> int:
        return len(self.photos)

    @property
    def first(self) -> list[str]:
        """Returns the names of the first five people."""
        return list(self.photos)[:5]

    @property
    def most(self) -> tuple[str, int]:
        """Returns who has the most photos, and how many; ("", 0) if there is nobody."""
        return max(self.photos.items(), key=lambda each: each[1], default=("", 0))

    @property
    def sentence(self) -> str:
        """Says what this reading makes: "This makes 212 people, first five: …"."""
        number = "1 person" if self.people == 1 else f"{self.people} people"
        of = f", first five: {', '.join(self.first)}" if self.people > len(self.first) else f": {', '.join(self.first)}"
        return f"This makes {number}{of if self.people else ''}."


@dataclass(frozen=True, slots=True)
class Readings:
    """Every way to understand a set of files that makes a difference, the likeliest first."""

    offered: Sequence[Reading]
    is_sure: bool
    why: str
    """A sentence: what speaks for the first reading, or why nobody can tell."""
    every: Mapping[Layout, Reading] = field(default_factory=dict)

    @property
    def likeliest(self) -> Reading:
        return self.offered[0]

    def by(self, layout: Layout | str) -> Reading:
        """Returns the reading of a layout, also of one that makes no difference here."""
        return self.every[Layout(layout)]


def readings_of(paths: Iterable[str]) -> Readings:
    """Reads the layout of files. Raises nothing: hostile paths are set aside."""
    paths = list(paths)
    source = source_of(paths)
    places = places_of(path for path in paths if path not in source.aside)
    has_folders = any(place.dirs for place in places)
    layouts = Layout if has_folders else sorted(Layout, key=lambda layout: layout not in OF_FILES)
    every = {layout: _reading(layout, places, source.aside) for layout in layouts}
    choice = choose(pictures_of(places), program=source.program)
    likeliest = every[Layout(choice.layout)]
    different = [likeliest]
    for reading in every.values():
        if not any(reading.names == other.names for other in different):
            different.append(reading)
    is_sure = choice.is_sure and not _has_namesakes(likeliest, places)
    return Readings(different, is_sure, _why(choice, is_sure), every)


def _reading(layout: Layout, places: Sequence[PhotoPlace], aside: Mapping[str, Aside]) -> Reading:
    parents = {place.dirs[:depth] for place in places for depth in range(len(place.dirs))}
    views = _views_in_several_folders(places) if layout in OF_FILES else frozenset()
    names = {place.path: "" if place.stem in views else _name(layout, place, parents) for place in places}
    nobody = {path: Aside.NOBODY for path, name in names.items() if not name}
    pictures = frozenset(place.path for place in pictures_of(places))
    named = {path: name for path, name in names.items() if name}
    return Reading(layout, named, {**aside, **nobody}, pictures)


def _name(layout: Layout, place: PhotoPlace, parents: set[tuple[str, ...]]) -> str:
    """Returns the name of a file's person in this layout, or "" for nobody. `parents`: folders that contain folders."""
    match layout:
        case Layout.FILES:
            name = place.stem
        case Layout.NUMBERED_FILES:
            base = without_number(place.stem)
            name = place.stem if is_anybody(base) or is_view(base) else base
        case Layout.FOLDERS:
            name = place.dirs[0] if place.dirs else _beside_people(place, parents)
        case Layout.INNER_FOLDERS:
            name = _beside_people(place, parents) if place.dirs in parents or not place.dirs else place.dirs[-1]
    return name[:NAME_LENGTH]


def _views_in_several_folders(places: Sequence[PhotoPlace]) -> frozenset[str]:
    """Returns stems that name nobody, as they stand in folders of several people: 1.jpg, front.jpg."""
    folders = defaultdict(set)
    for place in places:
        folders[place.stem].add(place.dirs)
    return frozenset(stem for stem, dirs in folders.items() if len(dirs) > 1 and is_view(stem))


def _beside_people(place: PhotoPlace, parents: set[tuple[str, ...]]) -> str:
    """Returns the name of a file that lies beside folders of people, or in no folder: its own, if it is one."""
    return "" if parents and place.is_picture and is_view(place.stem) else place.stem


def _has_namesakes(reading: Reading, places: Sequence[PhotoPlace]) -> bool:
    """Returns whether a name comes from several departments, and may be two people's."""
    if reading.layout is Layout.FOLDERS:
        return False
    where = defaultdict(set)
    for place in places:
        if name := reading.names.get(place.path):
            is_folder = reading.layout is Layout.INNER_FOLDERS
            where[folded(name)].add(place.dirs[:-1] if is_folder else place.dirs)
    return any(len(folders) > 1 for folders in where.values())


def _why(choice: Choice, is_sure: bool) -> str:
    return "The same name stands in several folders." if choice.is_sure and not is_sure else choice.why
