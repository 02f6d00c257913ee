"""The schedule of keeping: for every kind of data what it is for, and after how many days it goes.

One row for each kind is the only truth. Where the deployment fixes the days (facesite/fixed_days.py), they count, and
`migrate` writes them into the row, so that nothing jumps when they are fixed no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

# 100 years: longer is for ever, and the sum of a date and these days must still be a date.
MOST_DAYS = 36_500
# 90 days: an access request is answered within one month, at the latest within three (Art. 12(3) GDPR), and asks who
# looked. With a day, whoever looks at somebody, or may change the schedule, had no witness the day after.
LEAST_DAYS_OF_AUDIT = 90


class KeptKind(models.TextChoices):
    """The kinds of data, in the order in which people read them."""

    PEOPLE_ENDED = "people_ended", "People whose basis has ended"
    PEOPLE_UNSEEN = "people_unseen", "People who are not seen any more"
    PHOTOS_ENDED = "photos_ended", "Photos of people whose basis has ended"
    SIGHTINGS_NAMED = "sightings_named", "Sightings of known people"
    SIGHTINGS_STRANGERS = "sightings_strangers", "Sightings of strangers"
    SNAPSHOTS = "snapshots", "Pictures of faces"
    FOOTAGE = "footage", "Whole pictures and clips"
    ENCODINGS = "encodings", "What a seen face is found by"
    SEARCHES = "searches", "Who searched by a face"
    ALERTS = "alerts", "Alerts"
    CASES = "cases", "Files of cases"
    VIDEOS = "videos", "Analysed videos"
    IMPORTS = "imports", "Reports of imports"
    LINKS = "links", "Pictures sent by links that wait for approval"
    AUDIT = "audit", "Who looked and who changed what"


@dataclass(frozen=True, slots=True)
class KeptData:
    """What is always true of one kind of data."""

    since: str
    """What the days count from."""
    purpose: str
    """What it is for, until somebody writes it better."""
    days: int | None = None
    """The days of a new site; None: for ever, or never by itself."""
    may_be_for_ever: bool = True
    least: int = 1
    why_least: str = ""
    """Why it cannot be kept for a shorter time, where that needs a reason."""
    forever: str = "for ever"
    """What no number of days means."""
    public: str = ""
    """Its name for people who know nothing of the site; "": the same."""


_BY_HAND = "until somebody deletes them"

KEPT: Mapping[str, KeptData] = {
    KeptKind.PEOPLE_ENDED: KeptData(
        "the end or withdrawal of their last basis",
        "To recognise people who have agreed to it, or on another ground.",
        forever=_BY_HAND,
        public="Who is enrolled, after their agreement or another ground has ended",
    ),
    KeptKind.PEOPLE_UNSEEN: KeptData(
        "the day a camera last recognised them, or they were added",
        "To recognise people who come here.",
        forever=_BY_HAND,
        public="Who is enrolled and does not come any more",
    ),
    KeptKind.PHOTOS_ENDED: KeptData(
        "the end or withdrawal of their last basis",
        "To recognise people: what cameras compare faces with is made from photos.",
        forever="as long as the person",
        public="Photos of who is enrolled, after their agreement or another ground has ended",
    ),
    KeptKind.SIGHTINGS_NAMED: KeptData(
        "the end of the sighting", "To know who was where, and when: for access, safety and questions afterwards."
    ),
    KeptKind.SIGHTINGS_STRANGERS: KeptData(
        "the end of the sighting", "To see whether somebody unknown was here, and whether they come again."
    ),
    KeptKind.SNAPSHOTS: KeptData(
        "the moment of the picture",
        "To check whether a sighting is right.",
        forever="as long as the sighting",
    ),
    KeptKind.FOOTAGE: KeptData(
        "the moment of the picture",
        "To see what happened around a sighting. They show everybody who was there.",
        forever="as long as the sighting",
    ),
    KeptKind.ENCODINGS: KeptData(
        "the end of the sighting",
        "To find a face again: to search past sightings, and to know a stranger who comes again.",
        days=30,
        may_be_for_ever=False,
        least=0,
        public="Numbers by which a face that was seen can be found again",
    ),
    KeptKind.SEARCHES: KeptData(
        "the search", "To show who searched for whom, and why: searches by a face can be misused.", days=730
    ),
    KeptKind.ALERTS: KeptData("the alert", "To know what was raised, and what became of it."),
    KeptKind.CASES: KeptData(
        "its making",
        "To hand sightings over to somebody outside, such as the police.",
        days=30,
        may_be_for_ever=False,
    ),
    KeptKind.VIDEOS: KeptData("its analysis", "To find out who is in a recording.", days=30, may_be_for_ever=False),
    KeptKind.IMPORTS: KeptData(
        "the import", "To see which people and photos came in, and which were refused.", days=30, may_be_for_ever=False
    ),
    KeptKind.LINKS: KeptData(
        "their sending",
        "To enrol people who have agreed to it and sent pictures of themselves, once somebody has looked.",
        days=30,
        may_be_for_ever=False,
        public="Pictures that people sent of themselves, and nobody has approved yet",
    ),
    KeptKind.AUDIT: KeptData(
        "the entry",
        "To show who looked at whom: whoever looks should know that it is written down.",
        days=730,
        least=LEAST_DAYS_OF_AUDIT,
        why_least="whoever asks who looked at them must be answered within three months",
    ),
}


def _days_allowed() -> Q:
    may_be_for_ever = [kind for kind, data in KEPT.items() if data.may_be_for_ever]
    may_be_none = [kind for kind, data in KEPT.items() if data.least == 0]
    allowed = (Q(days=None) & Q(kind__in=may_be_for_ever)) | (Q(days=0) & Q(kind__in=may_be_none))
    floors = {kind: data.least for kind, data in KEPT.items() if data.least > 1}
    allowed |= Q(days__gte=1) & ~Q(kind__in=list(floors))
    for kind, least in floors.items():
        allowed |= Q(kind=kind, days__gte=least)
    return allowed


class KeepingTerm(models.Model):
    """How long one kind of data is kept, and what for."""

    # The audit tells what was before and after of rows that have the same `id`.
    kind = models.CharField(max_length=20, choices=KeptKind, primary_key=True, db_column="id")
    days = models.PositiveIntegerField(null=True, blank=True)
    """None: for ever. 0, of encodings alone: none are kept."""
    purpose = models.CharField("what for", max_length=300)

    class Meta:
        app_label = "people"
        verbose_name = "schedule of keeping"
        verbose_name_plural = "schedule of keeping"
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(name="keeping_term_kind_is_known", condition=Q(kind__in=KeptKind.values)),
            models.CheckConstraint(name="keeping_term_days_are_allowed", condition=_days_allowed()),
            models.CheckConstraint(name="keeping_term_ends", condition=Q(days=None) | Q(days__lte=MOST_DAYS)),
            models.CheckConstraint(name="keeping_term_says_what_for", condition=~Q(purpose="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {in_days(self.kind, self.days)}"


def in_days(kind: str, days: int | None) -> str:
    """Returns "30 days", "for ever" or "not kept"."""
    if days is None:
        return KEPT[kind].forever
    return "not kept" if days == 0 else "1 day" if days == 1 else f"{days:,} days"


def is_fixed(kind: str) -> bool:
    """Returns whether the deployment fixes the days, so that nobody can change them here."""
    return kind in settings.FIXED_DAYS


def terms() -> list[KeepingTerm]:
    """Returns the whole schedule as it is in force, in the order of KeptKind; one query."""
    rows = KeepingTerm.objects.in_bulk()
    found = [
        rows.get(kind) or KeepingTerm(kind=kind, days=data.days, purpose=data.purpose) for kind, data in KEPT.items()
    ]
    for term in found:
        term.days = settings.FIXED_DAYS.get(term.kind, term.days)
    return found


def days_kept(kind: KeptKind) -> int | None:
    """Returns how long this kind is kept; None: for ever."""
    if kind in settings.FIXED_DAYS:
        return settings.FIXED_DAYS[kind]
    row = KeepingTerm.objects.filter(pk=kind).values_list("days", flat=True)[:1]
    return next(iter(row), KEPT[kind].days)


@transaction.atomic
def bring_up_terms() -> None:
    """Makes the rows that are missing, and writes into the others what the deployment fixes; after `migrate`."""
    there = KeepingTerm.objects.in_bulk()
    for term in terms():
        before = there.get(term.kind)
        if before is None:
            term.save(force_insert=True)
        else:
            KeepingTerm.objects.filter(pk=term.kind).exclude(days=term.days).update(days=term.days)
