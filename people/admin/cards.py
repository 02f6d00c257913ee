"""A photo as a card: its picture, its state, the reason, and what the user can do now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from people.editing.photo_decisions import RIGHTS_TO_MOVE
from people.records import reasons
from people.records.person import Person, with_resembled
from people.records.photo import Photo
from people.records.reasons import LIKE_OTHERS, UNLIKE_OWN
from people.records.states import PhotoState

RETRIABLE = {PhotoState.REJECTED, PhotoState.REVIEW, PhotoState.CHOOSE}


@dataclass(frozen=True, slots=True)
class Card:
    """One photo for the templates; the flags are the reader's rights. `with_resembled` adds whom it resembles."""

    photo: Photo
    may_change: bool
    may_delete: bool
    may_move: bool = False

    @classmethod
    def of(cls, photo: Photo, user: Any) -> Card:
        """Returns the card with the rights that `user` has."""
        change, delete = user.has_perm("people.change_photo"), user.has_perm("people.delete_photo")
        return cls(photo, change, delete, user.has_perms(RIGHTS_TO_MOVE))

    @property
    def state(self) -> str:
        return self.photo.state

    @property
    def picture_url(self) -> str:
        name = "photo_crop" if self.photo.crop else "photo_image"
        return reverse(name, args=[self.photo.pk])

    @property
    def problem(self) -> str:
        code = "unlike_only_other" if self.doubting else self.photo.reason
        return reasons.problem(code, self.photo.reason_detail)

    @property
    def advice(self) -> str:
        code = "unlike_only_other" if self.doubting else self.photo.reason
        return reasons.advice(code, self.photo.reason_detail)

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
    def is_doubted(self) -> bool:
        """Whether it may show somebody else, and waits for somebody to say so."""
        return self.state == PhotoState.REVIEW and self.photo.reason in (*LIKE_OTHERS, *UNLIKE_OWN)

    @property
    def doubting(self) -> str | None:
        """Returns the id of the held photo that is unlike this enrolled one, if there is one (`with_doubting`)."""
        held = getattr(self.photo, "doubting_id", None)
        return str(held) if held and self.state == PhotoState.ENROLLED else None

    @property
    def resembled(self) -> tuple[str, str] | None:
        """Returns id and name of the person whom it resembles, if the user may see that person."""
        key = getattr(self.photo, "resembled", None)
        return (str(key), getattr(self.photo, "resembled_name", "")) if key else None

    @property
    def likelier(self) -> str:
        """Returns the likelier decision of a doubted photo: "move", "refuse", or "" if nothing tells.

        A face that is unlike the person's photos, or more like another person's, is hardly the person's. If both have
        the very same picture, moving it makes no sense. Of two photos that differ, either may be the wrong one.
        """
        if self.photo.reason == "unlike_only_other" or not self.is_doubted:
            return ""
        can_move = self.may_move and self.resembled is not None and self.photo.reason != "same_picture_as_other"
        return "move" if can_move else "refuse"

    @property
    def quality_percent(self) -> int | None:
        """Quality of the enrolled face, 0 to 100; None until there is one."""
        quality: float | None = getattr(self.photo, "quality", None)
        return None if quality is None else round(quality * 100)

    def render(self) -> SafeString:
        return render_to_string("admin/people/photo_card.html", {"card": self})

    def render_decisions(self) -> SafeString:
        """Renders the buttons of a doubted photo; the page has the form `photo-actions` that they belong to."""
        return render_to_string("admin/people/_decisions.html", {"card": self})


def cards_of(person: Person, user: Any) -> list[Card]:
    """Returns the cards of a person's photos, newest first, in one query and what `user`'s rights take."""
    photos = with_resembled(Photo.objects.filter(person=person).with_quality().with_doubting(), user)
    return [Card.of(photo, user) for photo in photos.order_by("-created_at", "-id")]
