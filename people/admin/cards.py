"""A photo as a card: its picture, its state, the reason, and what the user can do now."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from people.records import reasons
from people.records.person import Person
from people.records.photo import Photo
from people.records.states import PhotoState

RETRIABLE = {PhotoState.REJECTED, PhotoState.REVIEW, PhotoState.CHOOSE}


@dataclass(frozen=True, slots=True)
class Card:
    """One photo for the templates; `may_change` and `may_delete` are the reader's rights."""

    photo: Photo
    may_change: bool
    may_delete: bool

    @property
    def state(self) -> str:
        return self.photo.state

    @property
    def picture_url(self) -> str:
        name = "photo_crop" if self.photo.crop else "photo_image"
        return reverse(name, args=[self.photo.pk])

    @property
    def problem(self) -> str:
        return reasons.problem(self.photo.reason, self.photo.reason_detail)

    @property
    def advice(self) -> str:
        return reasons.advice(self.photo.reason, self.photo.reason_detail)

    @property
    def turned(self) -> str:
        """Returns the sentence that says that the picture was turned; empty if it was not."""
        return reasons.TURNED.get(self.photo.turned_degrees, "")

    @property
    def is_waiting(self) -> bool:
        return self.state in (PhotoState.PENDING, PhotoState.WORKING)

    @property
    def may_retry(self) -> bool:
        return self.may_change and self.state in RETRIABLE

    @property
    def may_choose(self) -> bool:
        """Whether the user may choose one of several faces, also again after a bad choice."""
        return self.may_change and self.state in RETRIABLE and len(self.photo.faces) > 1

    @property
    def may_review(self) -> bool:
        return self.may_change and self.state == PhotoState.REVIEW

    @property
    def quality_percent(self) -> int | None:
        """Quality of the enrolled face, 0 to 100; None until there is one."""
        quality: float | None = getattr(self.photo, "quality", None)
        return None if quality is None else round(quality * 100)

    def render(self) -> SafeString:
        return render_to_string("admin/people/photo_card.html", {"card": self})


def cards_of(person: Person, *, may_change: bool, may_delete: bool) -> list[Card]:
    """Returns the cards of a person's photos, newest first, in one query."""
    photos = Photo.objects.filter(person=person).with_quality().order_by("-created_at", "-id")
    return [Card(photo, may_change, may_delete) for photo in photos]
