"""How far an import is: its files that have been read, and what has become of the photos that it added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from people.accounts.limits import Looker
from people.imports.jobs import ImportJob
from people.records.states import HELD, WAITING, PhotoState


@dataclass(frozen=True, slots=True)
class PhotoCounts:
    """Photos that an import added, by what has become of them; whoever was deleted since is not counted."""

    waiting: int
    enrolled: int
    to_decide: int
    rejected: int

    @classmethod
    def of(cls, job: ImportJob, user: Looker) -> PhotoCounts:
        """Of the people who exist for `user`. One query."""
        rows = (
            job.entries.within_limits_of(user)
            .filter(status="queued")
            .exclude(photo=None)
            .order_by()
            .values_list("photo__state")
        )
        return cls.from_states(dict(rows.annotate(Count("pk"))))

    @classmethod
    def from_states(cls, states: Mapping[str, int]) -> PhotoCounts:
        def number(*names: str) -> int:
            return sum(states.get(name, 0) for name in names)

        return cls(
            waiting=number(*WAITING),
            enrolled=number(PhotoState.ENROLLED),
            to_decide=number(*HELD),
            rejected=number(PhotoState.REJECTED),
        )

    @property
    def decided_without_rejected(self) -> int:
        """Where the rejected begin, in a bar of them all."""
        return self.enrolled + self.to_decide

    @property
    def total(self) -> int:
        return self.waiting + self.enrolled + self.to_decide + self.rejected


@dataclass(frozen=True, slots=True)
class Progress:
    job: ImportJob
    photos: PhotoCounts

    @classmethod
    def of(cls, job: ImportJob, user: Looker) -> Progress:
        """As `user` may see it."""
        return cls(job, PhotoCounts.of(job, user))

    @property
    def is_over(self) -> bool:
        """Nothing will change any more unless somebody decides over a photo."""
        return self.job.is_finished and not self.photos.waiting

    @property
    def read_percent(self) -> int:
        return 100 * self.job.entries_seen // (self.job.entries_total or 1)

    @property
    def summary(self) -> str:
        """For people, in a sentence."""
        job, photos = self.job, self.photos
        enrolled = f"{photos.enrolled} photo{'' if photos.enrolled == 1 else 's'} enrolled"
        read = f"{job.entries_seen} of {job.entries_total} files read, {enrolled}"
        if not self.is_over:
            return f"{read} so far."
        needs = photos.to_decide + photos.rejected
        return f"{read}; {needs} need{'s' if needs == 1 else ''} somebody." if needs else f"{read}."
