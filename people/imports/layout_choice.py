"""Chooses the likeliest layout of a set of photos, and says whether it is sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from people.base.names import folded
from people.imports.layout_evidence import FEWEST_NAMES, MOST, Stems, share_of_full_names, stems_of_folders
from people.imports.path_words import is_anonymous, is_full_name, is_staff_number, is_view, without_number
from people.imports.places import PhotoPlace

# 20 photos of one person in one folder with others are many: more are rather numbered pictures of a place.
MOST_NUMBERED = 20
# 20 photos of the only person: more are rather those of a group or an event.
MOST_OF_ONE = 20
Name = Literal["folders", "inner_folders", "files", "numbered_files"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The likeliest layout; `why` is a sentence."""

    layout: Name
    is_sure: bool
    why: str


def choose(pictures: Sequence[PhotoPlace], *, program: str = "") -> Choice:
    """Judges pictures by the names of their folders and files."""
    if not any(place.dirs for place in pictures):
        return _of_files(pictures)
    if program:
        return Choice("folders", True, f"{program} keeps a folder for each person.")
    folders = stems_of_folders(pictures)
    return _of_people_in_folders(folders) or _of_folders(pictures, folders)


def _of_files(pictures: Sequence[PhotoPlace]) -> Choice:
    stems = [place.stem for place in pictures]
    bases = Counter(folded(without_number(stem)) for stem in stems)
    most = max(bases.values(), default=0)
    if any(map(is_anonymous, stems)):
        return Choice("files", False, "Some files have numbers or dates for names, not people's names.")
    if most <= 1:
        return Choice("files", True, "Each file has a name of its own.")
    if len(bases) == 1:
        return Choice("files", False, "All files have one name and a number: one person, or a number for each.")
    why = "Files of one name have a number each."
    return Choice("numbered_files", most <= MOST_NUMBERED, why)


def _of_people_in_folders(folders: dict[tuple[str, ...], Stems]) -> Choice | None:
    """Returns the choice if files with people's names lie in a folder: a wrapper, or departments."""
    naming = [folder for folder, stems in folders.items() if stems is Stems.PEOPLE]
    if not naming:
        return None
    is_sure = len(naming) == len(folders) and not any(is_full_name(folder[-1]) for folder in naming)
    if is_sure:
        return Choice("files", True, "The files have people's names, and the folders have not.")
    return Choice("files", False, "Some files have people's names, as if each were a person.")


def _of_folders(pictures: Sequence[PhotoPlace], folders: dict[tuple[str, ...], Stems]) -> Choice:
    # Also in a folder with a full name: “Human Resources” and “Müller AG” look like one.
    unclear = [folder for folder, stems in folders.items() if stems is Stems.UNCLEAR]
    if any(len(place.dirs) > 1 for place in pictures):
        choice = _of_nested(pictures)
        if not (unclear and choice.is_sure):
            return choice
        return Choice(choice.layout, False, _unclear(unclear))
    if unclear:
        return Choice("folders", False, _unclear(unclear))
    tops = {place.dirs for place in pictures}
    if len(tops) == 1 and len(pictures) > MOST_OF_ONE and not is_full_name(top := tops.pop()[-1]):
        return Choice("folders", False, f"All {len(pictures)} photos are in one folder, “{top}”.")
    return Choice("folders", True, "Each folder has a name, and its files have none.")


def _unclear(folders: Sequence[tuple[str, ...]]) -> str:
    return f"The files in “{folders[0][-1]}” may be photos of one person, or of a person each."


def _of_nested(pictures: Sequence[PhotoPlace]) -> Choice:
    """Chooses between a department around people and a person around folders of photos."""
    outer = {place.dirs[0] for place in pictures if place.dirs}
    nested = {place.dirs for place in pictures if len(place.dirs) > 1}
    inner = {place.dirs[-1] for place in pictures if place.dirs}
    outer_full, inner_full = share_of_full_names(outer), share_of_full_names(inner)
    if outer_full >= MOST and all(is_view(folder[-1]) and not is_staff_number(folder[-1]) for folder in nested):
        return Choice("folders", True, "The outer folders have people's names, and the folders inside have not.")
    if inner_full >= MOST and outer_full < 1 - MOST:
        return Choice("inner_folders", True, "The folders inside have people's names, and the outer ones have not.")
    if len({folder[-1] for folder in nested}) * 2 <= len(nested) and len(nested) >= FEWEST_NAMES:
        return Choice("folders", False, "The same folders lie inside the outer ones again and again.")
    return Choice("inner_folders", False, "The outer folders may be people or departments.")
