"""Searches database and storage for what certificates say was erased, by traces, in one pass over each table.

A row that somebody put back by hand has the id that it had, and an object the name: these are looked for. A person who
was enrolled anew, by a new consent, has new ids and is not found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Q

from streams.erasing.certificate import Certificate
from streams.erasing.kinds import words_of
from streams.erasing.traces import NAMELESS, OBJECT, Tracer
from streams.records.sighting import Sighting

PERSON = "people.Person"
ALSO_OF_PEOPLE = (
    ("people.PersonMerge", "old_id"),
    ("people.MergedPerson", "old_id"),
    ("people.Proposal", "person_id"),
    ("streams.IdentityEdit", "person"),
    ("streams.IdentityEdit", "other_person"),
)
"""Columns with ids of people that no foreign key holds: a person may be named there who is in no other table."""
STILL_SOMEBODY = (
    Q(person__isnull=False) | Q(machine_person__isnull=False) | Q(encoding__isnull=False) | Q(detections__isnull=False)
)
"""The condition that a nameless sighting has a name, a face or a picture again."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FoundAgain:
    """Something that was erased and is there. `kind` as in traces; `key`: its id, or the name of the object."""

    reference: str
    """Of the certificate that says it was erased."""
    kind: str
    key: str
    column: str = ""
    """The column of another row that names a person; "" for a row or an object itself."""

    def __str__(self) -> str:
        if self.kind.startswith(OBJECT):
            return f"{words_of(self.kind)}: the object {self.key} is in the storage"
        if self.column:
            return f"people: {self.key} is named in a row of {words_of(self.kind)}, column {self.column}"
        return f"{words_of(self.kind)}: the row {self.key} is in the database"


def search(certificates: Sequence[Certificate], progress: Progress = lambda words: None) -> Iterator[FoundAgain]:
    """Yields what is there of everything that these certificates say was erased. Raises UnknownKey."""
    tracers, wanted = _wanted(certificates)
    for kind in sorted({kind for kind, _ in wanted}):
        progress(words_of(kind) if _is_known(kind) else kind)
        yield from _search_kind(kind, [(tracers[key], wanted[kind, key]) for key in tracers if (kind, key) in wanted])


Wanted = dict[bytes, str]
"""References of certificates by traces."""


def _wanted(certificates: Iterable[Certificate]) -> tuple[dict[str, Tracer], dict[tuple[str, str], Wanted]]:
    """Returns the tracers by the names of their keys, and what is wanted by kind and key."""
    tracers: dict[str, Tracer] = {}
    wanted: dict[tuple[str, str], Wanted] = {}
    for certificate in certificates:
        tracer = certificate.tracer()
        tracers[tracer.name] = tracer
        for kind, traces in certificate.traces().items():
            wanted.setdefault((kind, tracer.name), {}).update(dict.fromkeys(traces, certificate.reference))
    return tracers, wanted


def _search_kind(kind: str, sought: list[tuple[Tracer, Wanted]]) -> Iterator[FoundAgain]:
    if kind.startswith(OBJECT):
        for name in _objects_in(kind.removeprefix(OBJECT)):
            yield from _named(kind, name.encode(), sought)
    elif kind == NAMELESS:
        found = {each.key: each for each in _in_column("streams.Sighting", "id", kind, sought)}
        again = Sighting.objects.filter(STILL_SOMEBODY, pk__in=list(found))
        for key in again.order_by().values_list("pk", flat=True).distinct():
            yield found[str(key)]
    elif _is_known(kind):
        yield from _in_column(kind, apps.get_model(kind)._meta.pk.column, kind, sought)
        if kind == PERSON:
            for label, column in ALSO_OF_PEOPLE:
                for each in _in_column(label, column, kind, sought, distinct=True):
                    yield FoundAgain(each.reference, label, each.key, column)


def _is_known(kind: str) -> bool:
    """Returns whether this release has such a table; one that a later release gave up holds nothing."""
    return kind.startswith(OBJECT) or kind == NAMELESS or kind.lower() in _labels()


def _labels() -> set[str]:
    return {model._meta.label_lower for model in apps.get_models()}


def _named(kind: str, value: bytes, sought: list[tuple[Tracer, Wanted]]) -> Iterator[FoundAgain]:
    for tracer, wanted in sought:
        if reference := wanted.get(tracer.trace(kind, value)):
            yield FoundAgain(reference, kind, value.decode())


def _in_column(
    label: str, column: str, kind: str, sought: list[tuple[Tracer, Wanted]], *, distinct: bool = False
) -> list[FoundAgain]:
    """Reads a whole column by COPY: a million ids are 37 MB on their way, and never in memory at once."""
    table = connection.ops.quote_name(apps.get_model(label)._meta.db_table)
    name = connection.ops.quote_name(column)
    reader = _Lines(lambda value: _named(kind, value, sought))
    with connection.cursor() as cursor:
        select = f"SELECT {'DISTINCT ' * distinct}{name} FROM {table} WHERE {name} IS NOT NULL"  # noqa: S608 - quoted
        cursor.copy_expert(f"COPY ({select}) TO STDOUT", reader)
    return reader.found


class _Lines:
    """The file that COPY writes to: it looks at each line, and keeps those that were found."""

    def __init__(self, look: Callable[[bytes], Iterable[FoundAgain]]) -> None:
        self._look, self._rest = look, b""
        self.found: list[FoundAgain] = []

    def write(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self.found.extend(self._look(line))


def _objects_in(folder: str) -> Iterator[str]:
    try:
        _, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in names)


def count_all(certificates: Sequence[Certificate]) -> int:
    """Returns how many rows and objects these certificates say were erased."""
    return sum(len(traces) for certificate in certificates for traces in certificate.traces().values())
