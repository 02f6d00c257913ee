"""Numbers for monitoring: what one is, and those of the gallery and of enrolment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.db.models import Count, Min
from django.utils import timezone

from people.gallery import current_version
from people.models import Encoding, ImportJob, Photo

Kind = Literal["gauge", "counter"]


@dataclass(frozen=True, slots=True)
class Sample:
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its name and meaning, or several that labels tell apart. Units are in the name."""

    name: str
    kind: Kind
    meaning: str
    samples: tuple[Sample, ...]


def gauge(name: str, meaning: str, *samples: Sample | float) -> Figure:
    return Figure(name, "gauge", meaning, _samples(samples))


def counter(name: str, meaning: str, *samples: Sample | float) -> Figure:
    """A number that only grows, or begins again at 0; its name ends with _total."""
    return Figure(name, "counter", meaning, _samples(samples))


def people_figures() -> list[Figure]:
    """From the database, in five short queries."""
    shares = list(Encoding.objects.shares_by_engine())
    by_state = dict(Photo.objects.order_by().values_list("state").annotate(Count("pk")))
    imports = dict(ImportJob.objects.unfinished().order_by().values_list("state").annotate(Count("pk")))
    waiting_since = Photo.objects.in_work().aggregate(oldest=Min("created_at"))["oldest"]
    age_s = (timezone.now() - waiting_since).total_seconds() if waiting_since else 0.0
    return [
        gauge("facesite_gallery_version", "Version of the gallery in the database.", current_version()),
        gauge(
            "facesite_gallery_people",
            "People who can be recognised, by engine.",
            *(Sample(share["people"], {"engine": share["engine"]}) for share in shares),
        ),
        gauge(
            "facesite_gallery_encodings",
            "Encodings of people who can be recognised, by engine.",
            *(Sample(share["encodings"], {"engine": share["engine"]}) for share in shares),
        ),
        gauge(
            "facesite_photos",
            "Photos by state; pending and working are the backlog of enrolment.",
            *(Sample(by_state.get(state, 0), {"state": state}) for state in Photo.State.values),
        ),
        gauge(
            "facesite_imports",
            "ZIPs of people that wait, or are being read.",
            *(Sample(imports.get(state, 0), {"state": state}) for state in ("waiting", "working")),
        ),
        gauge("facesite_enrolment_oldest_seconds", "Age of the oldest photo that waits for enrolment.", age_s),
    ]


def _samples(samples: tuple[Sample | float, ...]) -> tuple[Sample, ...]:
    return tuple(sample if isinstance(sample, Sample) else Sample(sample) for sample in samples)
