"""What is in a ZIP, by the names of its files alone: how they are written, and who the people are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from people.errors import BadArchive, LayoutInDoubt
from people.imports.by_path import is_skipped
from people.imports.entry_names import DecodedNames, EntryName, decode_names
from people.imports.known_sources import SENTENCES
from people.imports.layouts import WORDS, Reading, Readings, readings_of


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a ZIP as their names tell them."""

    paths: Sequence[str]
    """The path of each file, in the order of the ZIP, also of those that no import reads."""
    decoded: DecodedNames
    readings: Readings

    def reading(self, layout: str = "") -> Reading:
        """Returns the reading that was chosen, or the likeliest if it is sure. Raises LayoutInDoubt, BadArchive."""
        if not layout and not self.readings.is_sure and any(self.readings.likeliest.names):
            raise in_doubt(self.readings)
        reading = self.readings.by(layout) if layout else self.readings.likeliest
        if not reading.names:
            raise _names_nobody(reading)
        return reading

    @property
    def wanted(self) -> list[str]:
        return [path for path in self.paths if is_wanted(path)]


def contents_of(entries: Sequence[EntryName], *, encoding: str = "") -> Contents:
    """Reads the names. Raises BadArchive if there are no files, or if their names are not in `encoding`."""
    decoded = decode_names(entries, encoding)
    # Programs on Windows write backslashes, and end a folder's name with one.
    paths = [str(PurePosixPath(name)) if not name.endswith("/") else "" for name in map(_slashes, decoded.names)]
    wanted = [path for path in paths if is_wanted(path)]
    if not wanted:
        raise BadArchive("There are no files in it.")
    return Contents(paths, decoded, readings_of(wanted))


def is_wanted(path: str) -> bool:
    """Returns whether a file may be a photo: neither a folder nor a by-product of an operating system."""
    # Without "..", which is_skipped would take for a hidden file; its reading refuses it.
    inside = PurePosixPath(*(part for part in PurePosixPath(path).parts if part != ".."))
    return bool(path) and not is_skipped(inside)


def in_doubt(readings: Readings) -> LayoutInDoubt:
    """Returns the question who the people are, with every answer and what it makes."""
    answers = [(str(each.layout), f"{WORDS[each.layout]}. {each.sentence}") for each in readings.offered]
    return LayoutInDoubt(readings.why, answers)


def _slashes(name: str) -> str:
    return name.replace("\\", "/")


def _names_nobody(reading: Reading) -> BadArchive:
    whys = set(reading.aside.values())
    said = f" {SENTENCES[whys.pop()]}" if len(whys) == 1 else ""
    return BadArchive(f"No path in it names a person: put the photos into a folder for each.{said}")
