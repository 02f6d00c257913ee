"""The engine in use: tells which it is, how much of the gallery each engine has encoded, and chooses another one."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import connection, transaction

from people.base.doorbells import ring_gallery
from people.editing.services import Actor
from people.errors import NotCovered, OtherEngine, UnknownEngine
from people.gallery.engine_choice import EngineChoice
from people.recognition.engine.kinds import OFFERED, EngineKind, engine_key, offered
from people.records.encoding import Encoding
from people.records.photo import Photo
from people.records.states import PhotoState

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineCoverage:
    """How many of the photos that are enrolled or held for review an engine has encoded."""

    engine: str
    encoded: int
    missing: int
    active: bool
    """Whether the site uses it."""
    offered: EngineKind | None
    """What this release knows about it; None for an engine of another release."""


def active_engine() -> str:
    """Returns the key of the engine that makes the gallery; before any choice, of what a new site begins with."""
    return EngineChoice.objects.active() or engine_key()


def usable_engine() -> str:
    """Returns the key of the engine in use, or of what a new site begins with if this release has no such engine."""
    engine = active_engine()
    return engine if offered(engine) else engine_key()


def coverage_of(engine: str) -> EngineCoverage:
    missing = Photo.objects.without_encoding(engine).count()
    total = Photo.objects.filter(state__in=[PhotoState.ENROLLED, PhotoState.REVIEW]).count()
    return EngineCoverage(engine, total - missing, missing, engine == active_engine(), offered(engine))


def known_engines() -> list[EngineCoverage]:
    """Returns every engine that has encodings, is in use or is offered here; the one in use comes first."""
    made = Encoding.objects.order_by().values_list("engine", flat=True).distinct()
    keys = {*made, active_engine(), *(kind.key for kind in OFFERED)}
    return sorted(map(coverage_of, keys), key=lambda found: (not found.active, not found.offered, found.engine))


@transaction.atomic
def choose_engine(*, engine: str, by: Actor, allow_missing: bool = False) -> EngineChoice | None:
    """Makes the gallery of `engine`'s encodings from now on; returns None if it is the one in use already.

    Raises UnknownEngine for a key that nothing was ever encoded with. Raises NotCovered while photos have no encoding
    of it, because a person with only such photos would not be recognised any more; `allow_missing` accepts that.
    """
    _lock_choice()
    previous = active_engine()
    coverage = coverage_of(engine)
    if engine == previous and EngineChoice.objects.active():
        return None
    if offered(engine) is None and not Encoding.objects.filter(engine=engine).exists():
        raise UnknownEngine(f"Nothing was encoded with the engine {engine}.")
    if coverage.missing and not allow_missing:
        raise NotCovered(coverage.missing)
    choice = EngineChoice.objects.create(
        engine=engine,
        previous=previous if previous != engine else "",
        missing_photos=coverage.missing,
        chosen_by_id=by.pk if by else None,
    )
    ring_gallery()
    logger.info("engine %s is in use, before it was %s", engine, previous)
    return choice


def adopt_engine(engine: str) -> None:
    """Puts the engine of the first encoding into use; must be called inside a transaction.

    So a later release with another engine does not empty the gallery.
    """
    if EngineChoice.objects.active() is None:
        _lock_choice()
        if EngineChoice.objects.active() is None:
            EngineChoice.objects.create(engine=engine)


def hold_engine(engine: str) -> None:
    """Keeps everybody else from choosing until this transaction ends, in which an encoding of `engine` is stored.

    So a choice counts every photo that has none of the chosen engine. Raises OtherEngine if one was chosen just now.
    """
    _lock_choice()
    active = EngineChoice.objects.active()
    if active and active != engine and offered(active):
        raise OtherEngine(f"the site uses {active} by now, and not {engine}")


def _lock_choice() -> None:
    """Keeps everybody else from choosing until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('people.engine_choice'))")
