"""The options that say how big a filled site is, for every benchmark over one."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError

from facesite.lab.filling import SiteSize, filled_site

FEWEST, MOST_PEOPLE, MOST_SIGHTINGS = 10, 1_000_000, 5_000_000


def add_size(parser: ArgumentParser) -> None:
    """Adds --people, --sightings, --edits and --keep."""
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--sightings", type=int, default=100_000)
    parser.add_argument("--edits", type=int, default=10_000, help="rows of the ledger, at most one for each sighting")
    parser.add_argument(
        "--keep", action="store_true", help="leave the database for the next run with --keep, which takes it as it is"
    )


@contextmanager
def chosen_site(options: dict[str, Any], said: Any) -> Iterator[SiteSize]:
    """Makes the database that the options ask for, or takes the one that was kept; tells `said` about it."""
    size = SiteSize(options["people"], options["sightings"], min(options["edits"], options["sightings"]))
    if not (FEWEST <= size.people <= MOST_PEOPLE and FEWEST <= size.sightings <= MOST_SIGHTINGS and size.edits >= 0):
        raise CommandError(f"expected {FEWEST} to {MOST_PEOPLE} people, and to {MOST_SIGHTINGS} sightings")
    said.write(f"Filling a database with {size.people} people and {size.sightings} sightings, unless it was kept …")
    with filled_site(size, keep=options["keep"]) as found:
        said.write(f"It has {found.people} people, {found.sightings} sightings and {found.edits} edits.")
        yield found
