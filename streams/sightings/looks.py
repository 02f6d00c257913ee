"""The pictures of one sighting: which of them decided it, and which are the best, the first and the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from people.accounts.limits import Looker
from people.records.photo import Photo
from people.records.states import PhotoState
from streams.records.detection import FOOTAGE, Detection
from streams.records.sighting import Sighting


@dataclass(frozen=True, slots=True)
class ShownLook:
    """A detection, and what it is among the others of its sighting."""

    detection: Detection
    roles: tuple[str, ...]
    """Some of "best", "first", "last"; empty for the others."""

    @property
    def title(self) -> str:
        """Says "Best and first look", or "Another look"."""
        words = " and ".join(self.roles)
        return f"{words.capitalize()} look" if words else "Another look"


@dataclass(frozen=True, slots=True)
class SightingLooks:
    """The look that decided, and all others in the order in which they were taken."""

    deciding: Detection | None
    """The best picture that says the same as the sighting. None: no picture that was kept does."""
    others: tuple[ShownLook, ...]
    framed: Detection | None = None
    """The look whose whole frame was kept: the one that decided, or one that did for a while."""
    filmed: Detection | None = None
    """The look around which a clip was kept, the same."""

    @classmethod
    def of(cls, sighting: Sighting, detections: Sequence[Detection]) -> SightingLooks:
        """`detections`: by time, with `is_supporting` (DetectionQuerySet.with_support)."""
        pictured = [each for each in detections if each.snapshot] or list(detections)
        supporting = [each for each in pictured if each.is_supporting]  # type: ignore[attr-defined]
        deciding = max(supporting, key=lambda each: (each.verdict == sighting.verdict, each.quality), default=None)
        best = max(pictured, key=lambda each: each.quality, default=None)
        ends = (("best", best), ("first", pictured[0]), ("last", pictured[-1])) if pictured else ()
        others = (each for each in detections if each is not deciding)
        shown = (ShownLook(each, tuple(role for role, one in ends if one is each)) for each in others)
        framed, filmed = (
            next((each for each in (deciding, *detections) if each and getattr(each, kind)), None) for kind in FOOTAGE
        )
        return cls(deciding, tuple(shown), framed, filmed)


def enrolled_photo(sighting: Sighting, user: Looker) -> UUID | None:
    """Returns the id of the photo that represents the sighting's person, if `user` may see photos; else None."""
    if sighting.person_id is None:
        return None
    photos = Photo.objects.visible_to(user).filter(person=sighting.person_id, state=PhotoState.ENROLLED)
    return photos.exclude(crop="").order_by("-encodings__quality", "id").values_list("pk", flat=True).first()
