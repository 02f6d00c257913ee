"""Adds many people from files whose paths name them, as a reading of their layout has it (layouts.py)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO
from uuid import UUID

from django.db import transaction

from people.base.names import composed
from people.editing.services import Actor, add_person, add_photo
from people.errors import AlreadyThere, BadArchive, BadUpload, PeopleError
from people.imports.entry_names import EntryName, decode_names
from people.imports.known_sources import SENTENCES, Aside
from people.imports.layouts import Reading
from people.records.holding import hold_name
from people.records.person import Person

MOST_NAMESAKES = 50
"""People of one name who are looked at: a site may have two of a name before it is a rule to ask."""
_SKIPPED = {"__macosx", "thumbs.db", "desktop.ini"}
_DOUBLE_TAKE = ".storage"
"""The folder in which Double Take keeps its faces: hidden, and yet meant."""


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """One file that may be a photo of the person that its path names."""

    path: str
    """Relative, with forward slashes, for reports."""
    person: str
    """"" if it is nobody's photo."""
    open: Callable[[], IO[bytes]]
    """Opens the file. Raises BadUpload or OSError if it cannot be read."""
    aside: Aside = Aside.BAD_PATH
    """Why it is nobody's photo, if it is not."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of one candidate: `queued`, `already_there`, or refused with a code and a sentence."""

    path: str
    person: str
    status: str
    message: str = ""
    photo: UUID | None = None
    person_id: UUID | None = None
    made_person: bool = False
    """Whether this file created its person, because nobody had the name before."""

    @property
    def is_refused(self) -> bool:
        return self.status not in ("queued", "already_there")


def files_in_folder(folder: Path) -> dict[str, Path]:
    """Maps the path of each file below `folder` to the file; sorted, without links that lead out of it.

    Names that are not UTF-8, as old disks and archives have them, are read by evidence, as those in a ZIP are. Raises
    BadArchive if it is not a folder, or if two paths read alike then.
    """
    if not folder.is_dir():
        raise BadArchive(f"{folder} is not a folder.")
    root = folder.resolve()
    found = [
        (relative, path)
        for path in sorted(folder.rglob("*"))
        if not is_skipped(relative := PurePosixPath(path.relative_to(folder).as_posix()))
        and path.is_file()
        and path.resolve().is_relative_to(root)
    ]
    written = list(dict.fromkeys(part for relative, _ in found for part in relative.parts))
    # Part by part: somebody has made the folder here, and unpacked old files into it.
    read = dict(zip(written, decode_names(map(EntryName.on_disk, written)).names, strict=True))
    files: dict[str, Path] = {}
    for relative, path in found:
        name = "/".join(read[part] for part in relative.parts)
        if files.setdefault(name, path) is not path:
            raise BadArchive(f"“{name}” is there twice, in two encodings: rename one of the two.")
    return files


def candidates_in_folder(files: Mapping[str, Path], reading: Reading) -> list[PhotoFile]:
    """Returns the files of `files_in_folder` with the people whom `reading` sees in them."""
    return [named(path, reading, partial(io.FileIO, file)) for path, file in files.items()]


def named(path: str, reading: Reading, opener: Callable[[], IO[bytes]]) -> PhotoFile:
    """Returns the file at `path` as a photo of the person whom `reading` sees in it."""
    return PhotoFile(path, reading.names.get(path, ""), opener, reading.aside.get(path, Aside.BAD_PATH))


def is_skipped(path: PurePosixPath) -> bool:
    """Returns whether a file is a by-product of an operating system: hidden, or with a name in _SKIPPED."""
    return any((part.startswith(".") and part != _DOUBLE_TAKE) or part.lower() in _SKIPPED for part in path.parts)


def import_people(candidates: Iterable[PhotoFile], *, by: Actor) -> Iterator[Imported]:
    """Adds each candidate as a photo and creates people as needed.

    A bad file does not stop the others, and a second run adds nothing twice.
    """
    earlier: dict[str, UUID] = {}
    for candidate in candidates:
        try:
            imported = import_candidate(candidate, earlier=earlier.get(candidate.person), by=by)
        except OSError as error:
            imported = Imported(candidate.path, candidate.person, "unreadable", error.strerror or "It cannot be read.")
        if imported.person_id:
            earlier[candidate.person] = imported.person_id
        yield imported


def import_candidate(candidate: PhotoFile, *, earlier: UUID | None = None, by: Actor) -> Imported:
    """Adds one candidate as a photo; a refusal is a result too. Raises OSError if it cannot be read or stored.

    `earlier`: who got the files of this name that came before, whatever that person is called by now.
    """
    try:
        return _import_one(candidate, earlier, by=by)
    except AlreadyThere as there:
        photo = there.photo
        return Imported(candidate.path, candidate.person, "already_there", str(there), photo.pk, photo.person_id)
    except PeopleError as error:
        return Imported(candidate.path, candidate.person, error.code, str(error))


@transaction.atomic
def _import_one(candidate: PhotoFile, earlier: UUID | None, *, by: Actor) -> Imported:
    """Adds one candidate; if its file is not a picture, the new person is rolled back too."""
    if not candidate.person:
        raise BadUpload(candidate.aside, SENTENCES[candidate.aside])
    person, is_new = person_named(candidate.person, earlier=earlier, by=by)
    with candidate.open() as file:
        photo = add_photo(person=person, file=file, original_name=candidate.path, by=by)
    return Imported(candidate.path, candidate.person, "queued", "", photo.pk, person.pk, is_new)


@transaction.atomic
def person_named(name: str, *, earlier: UUID | None = None, by: Actor) -> tuple[Person, bool]:
    """Returns the person of this name whom `by` may see, and whether it has just created them.

    Case and Unicode form of the letters do not matter, unless they tell the people apart who have the name. The person
    `earlier` is meant by any name. Raises BadUpload if several people have the name, or if the person is retired: a
    file must not enrol them again.
    """
    hold_name(name)
    seen = Person.objects.within_limits_of(by)
    known = list(seen.filter(pk=earlier)) if earlier else []
    known = known or list(seen.called(name)[:MOST_NAMESAKES])
    if len(known) > 1:
        known = [person for person in known if composed(person.name) == composed(name)] or known
    if len(known) > 1:
        raise BadUpload("ambiguous_name", f"Several people are called {name}: add the photo to the right one.")
    if known and known[0].is_retired:
        raise BadUpload("person_retired", f"{name} is retired. Restore the person first.")
    return (known[0], False) if known else (add_person(name=name, by=by), True)
