"""Judges by names alone whether the files in a folder are views of one person, people, or cannot be told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from enum import Enum, auto

from people.base.names import folded
from people.imports.path_words import VIEWS, is_anybody, is_full_name, is_staff_number, is_view, without_number, words
from people.imports.places import PhotoPlace

# With two files, "Summer Party" and "First Day" would be people; of three and more, hardly.
FEWEST_NAMES = 3
# Numbers of staff lie in few folders, or in folders of many; running numbers of photos in many folders of few.
MOST_WRAPPERS, MOST_OF_ONE = 5, 10
# 0.8: one file in five of a set may be named differently from the others.
MOST = 0.8


class Stems(Enum):
    """What the files in one folder are."""

    VIEWS = auto()
    """Photos of the folder's person: 1.jpg, IMG_0001.jpg, Ada-front.jpg."""
    PEOPLE = auto()
    """Full names that have little in common: Ada Lovelace.jpg, Grace Hopper.jpg."""
    UNCLEAR = auto()


def stems_of_folders(places: Sequence[PhotoPlace]) -> dict[tuple[str, ...], Stems]:
    """Judges each folder of `places`."""
    stems = defaultdict(list)
    for place in places:
        stems[place.dirs].append(place.stem)
    in_folders = {folder: inside for folder, inside in stems.items() if folder}
    total = sum(map(len, in_folders.values()))
    are_few = len(in_folders) <= MOST_WRAPPERS or total > MOST_OF_ONE * len(in_folders)
    return {folder: _judged(folder[-1], inside, total, are_few) for folder, inside in in_folders.items()}


def _judged(folder: str, stems: Sequence[str], total: int, are_few: bool) -> Stems:
    """Judges one folder; `are_few`: there are so few folders that they may be a wrapper or departments."""
    telling = [stem for stem in stems if not _is_explained(stem, folder) or (are_few and is_staff_number(stem))]
    if len(telling) <= (1 - MOST) * len(stems):
        return Stems.VIEWS
    if len(telling) == 1 and len(stems) >= FEWEST_NAMES and not is_full_name(telling[0]):
        return Stems.VIEWS  # "wrong" among 1, 2 and 3: the others name nobody, so no file is a person's
    bases = {folded(without_number(stem)) for stem in telling}
    named = [stem for stem in telling if is_full_name(stem)]
    if len(stems) == 1:
        return Stems.PEOPLE if named else Stems.VIEWS  # one face either way
    if len(bases) == 1 and len(telling) > 1:
        return Stems.UNCLEAR if is_anybody(without_number(telling[0])) else Stems.VIEWS  # person_1, person_2
    if len(named) >= MOST * len(stems) and total >= FEWEST_NAMES and not _have_a_word_in_common(named):
        return Stems.PEOPLE
    return Stems.UNCLEAR


def _is_explained(stem: str, folder: str) -> bool:
    """Returns whether a file's name tells a view: "front", also "Ada Lovelace at work" in the folder Ada Lovelace.

    "Ada front" does so in the folder Ada, not in the folder Acme.
    """
    own, said = set(words(folder)), set(words(stem))
    rest = {word for word in said - own - VIEWS if not word.isdigit()}
    return is_view(stem) or (bool(own & said) and not rest) or (len(own) > 1 and own <= said)


def _have_a_word_in_common(names: Sequence[str]) -> bool:
    """Returns whether one word stands in more than half of the names, as in "Side View" and "Front View"."""
    often = Counter(word for name in names for word in set(words(name)))
    return max(often.values()) > max(1, len(names) / 2)


def share_of_full_names(names: Collection[str]) -> float:
    """Returns which share of these names are full names, 0 to 1; 0 for none."""
    return sum(map(is_full_name, names)) / len(names) if names else 0.0
