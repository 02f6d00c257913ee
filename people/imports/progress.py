"""The progress of an import: how many files have been read, and the states of the photos that it added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count

from people.accounts.limits import Looker
from people.imports.jobs import ImportJob
from people.records.states import HELD, WAITING, PhotoState


@dataclass(frozen=True, slots=True)
class PhotoCounts:
    """Numbers of the photos that an import added, by state, without photos and people deleted since."""

    waiting: int
    enrolled: int
    to_decide: int
    rejected: int

    @classmethod
    def of(cls, job: ImportJob, user: Looker) -> PhotoCounts:
        """Counts the photos of people who exist for `user`, in one query."""
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
        """Returns where the rejected photos begin in a progress bar."""
        return self.enrolled + self.to_decide

    @property
    def total(self) -> int:
        return self.waiting + self.enrolled + self.to_decide + self.rejected


@dataclass(frozen=True)
class Progress:
    job: ImportJob
    photos: PhotoCounts

    @classmethod
    def of(cls, job: ImportJob, user: Looker) -> Progress:
        """Returns the progress that `user` may see."""
        return cls(job, PhotoCounts.of(job, user))

    @cached_property
    def is_over(self) -> bool:
        """Whether nothing will change any more unless somebody decides on a photo."""
        return self.job.is_finished and not self.photos.waiting and not self._awaits_second_look()

    def _awaits_second_look(self) -> bool:
        """Returns whether photos of it are still to be compared once more with what came after them."""
        return self.job.entries.filter(photo__second_look=True).exists()

    @property
    def read_percent(self) -> int:
        return 100 * self.job.entries_seen // (self.job.entries_total or 1)

    @property
    def summary(self) -> str:
        """The progress in one sentence for people."""
        job, photos = self.job, self.photos
        enrolled = f"{photos.enrolled} photo{'' if photos.enrolled == 1 else 's'} enrolled"
        read = f"{job.entries_seen} of {job.entries_total} files read, {enrolled}"
        if not self.is_over:
            return f"{read} so far."
        needs = photos.to_decide + photos.rejected
        return f"{read}; {needs} need{'s' if needs == 1 else ''} your attention." if needs else f"{read}."
