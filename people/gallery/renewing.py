"""A gallery that is brought up to date by the people who changed: everybody is read once, and not each time."""

from __future__ import annotations

from dataclasses import dataclass

from people.gallery.changes import Stamp, changes_since, current_stamp
from people.gallery.stored import entries_of, load_ledger
from people.recognition.errors import LedgerFull
from people.recognition.gallery.gallery import Gallery
from people.recognition.gallery.ledger import Ledger, renewed
from people.recognition.gallery.shared_gallery import SharedNames

MOST_CHANGED, CHANGED_SHARE = 2000, 8
"""If more people changed than either, so many or an eighth of all, it is quicker to read everybody."""


@dataclass(frozen=True, slots=True)
class StampedGallery:
    """A gallery, the names of its people by id, and the stamp of the database that it is at least as new as."""

    stamp: Stamp
    gallery: Gallery
    names: SharedNames
    ledger: Ledger
    """Where the next version is written."""

    @classmethod
    def of(cls, ledger: Ledger, stamp: Stamp) -> StampedGallery:
        return cls(stamp, *ledger.at(stamp[0] if stamp else 0), ledger)


def newest_gallery(engine: str, known: StampedGallery | None) -> StampedGallery:
    """Returns the gallery of `engine` as it stands, made from the `known` one where the changes since are known.

    The stamp is read before the rows: what changes in between is then found the next time. One thread at a time may
    renew a gallery; the `known` one stays as it is for those who use it.
    """
    stamp = current_stamp()
    if known is not None and known.gallery.engine == engine:
        if known.stamp == stamp:
            return known
        if _is_changed(known):
            return StampedGallery.of(known.ledger, stamp)
    return StampedGallery.of(load_ledger(engine), stamp)


def without_wear(worn: StampedGallery) -> StampedGallery:
    """Returns the same gallery in a memory of its own, which holds nobody who has left. It asks no database.

    The `worn` one can be changed meanwhile: renewing the new one then finds what it has missed.
    """
    return StampedGallery.of(renewed(worn.gallery, worn.names), worn.stamp)


def _is_changed(known: StampedGallery) -> bool:
    """Brings the ledger of the `known` gallery up to date; returns whether that was possible."""
    engine = known.gallery.engine
    changes = changes_since(known.stamp, engine)
    if changes is None or len(changes.people) > max(MOST_CHANGED, len(known.gallery) // CHANGED_SHARE):
        return False
    if changes.people:
        try:
            known.ledger.change({str(person) for person in changes.people}, entries_of(engine, changes.people))
        except LedgerFull:
            return False
    return True
