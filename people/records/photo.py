"""The table of photos: uploaded pictures of people, each of which is an enrolment job."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import models
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Now

from people.accounts.limits import Looker
from people.base.due import has_come
from people.base.site_time import time_words
from people.records.encoding import Encoding
from people.records.groups import people_within, person_limits
from people.records.object_names import crop_name, photo_name
from people.records.states import HELD, WAITING, PhotoState


class PhotoQuerySet(models.QuerySet["Photo"]):
    def within_limits_of(self, user: Looker) -> PhotoQuerySet:
        """Photos of people who exist for `user`."""
        limits = person_limits(user)
        return self.filter(people_within(limits, "person_id")) if limits else self

    def visible_to(self, user: Any) -> PhotoQuerySet:
        """Photos of people who exist for `user`; none if `user` has no right to see photos."""
        return self.within_limits_of(user) if user.has_perm("people.view_photo") else self.none()

    def enrolled(self) -> PhotoQuerySet:
        return self.filter(state=PhotoState.ENROLLED)

    def without_encoding(self, engine: str) -> PhotoQuerySet:
        """Photos that `engine` has not encoded, among those that are enrolled or held for review."""
        made = Encoding.objects.filter(photo=OuterRef("pk"), engine=engine)
        return self.filter(~Exists(made), state__in=[PhotoState.ENROLLED, PhotoState.REVIEW])

    def in_work(self) -> PhotoQuerySet:
        """Photos that wait for a worker, or that a worker is reading."""
        return self.filter(state__in=WAITING)

    def numbers_waiting(self) -> dict[str, int]:
        """Returns how many photos wait to be read, and how many wait for somebody's decision."""
        return self.filter(state__in=[*WAITING, *HELD]).aggregate(  # skips the many others
            photos_waiting=Count("pk", filter=Q(state__in=WAITING)),
            photos_held=Count("pk", filter=Q(state__in=HELD)),
        )

    def due(self) -> PhotoQuerySet:
        """Photos that a worker may claim now: new ones, retries, and those of a silent worker; oldest first."""
        return self.in_work().filter(has_come("due_at")).order_by("due_at", "created_at", "id")

    def doubting(self, photo: Photo) -> PhotoQuerySet:
        """Held photos of the same person that are unlike `photo` while no others tell which of the two is wrong."""
        named = {"reason": "unlike_only_other", "reason_detail__photo": str(photo.pk)}
        return self.filter(person=photo.person_id, state=PhotoState.REVIEW, **named)

    def with_doubting(self) -> PhotoQuerySet:
        """Adds `doubting_id`: a held photo of the same person that is unlike this enrolled one, if there is one."""
        held = Photo.objects.filter(person=OuterRef("person"), state=PhotoState.REVIEW, reason="unlike_only_other")
        held = held.alias(other=KT("reason_detail__photo")).filter(other=Cast(OuterRef("pk"), models.TextField()))
        return self.annotate(doubting_id=Subquery(held.values("pk")[:1]))

    def for_second_look(self) -> PhotoQuerySet:
        """Enrolled photos that are to be compared once more, because others came after them."""
        return self.filter(second_look=True)

    def with_quality(self) -> PhotoQuerySet:
        """Adds `quality`, 0 to 1, of the photo's best encoding."""
        return self.annotate(quality=Max("encodings__quality"))


class Photo(models.Model):
    """One uploaded picture of a person and the result of its enrolment: the row is the job."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="photos")
    image = models.ImageField(upload_to=photo_name, max_length=200, width_field=None, height_field=None)
    crop = models.FileField(upload_to=crop_name, max_length=200, blank=True, editable=False)
    """JPEG of the enrolled face with some surroundings, for lists."""
    original_name = models.CharField(max_length=255, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)

    state = models.CharField(max_length=10, choices=PhotoState, default=PhotoState.PENDING, editable=False)
    reason = models.CharField(max_length=40, blank=True, editable=False)
    """A stable code; people/records/reasons.py makes the sentence for people from it."""
    reason_detail = models.JSONField(default=dict, blank=True, editable=False)
    """Numbers and ids that the sentence needs, such as {"face_px": 31, "wanted_px": 60}."""
    faces = models.JSONField(default=list, blank=True, editable=False)
    """Every face found: {"box": [l, t, r, b], "score", "quality": {...}}, in pixels of the upright picture."""
    chosen_box = models.JSONField(null=True, blank=True, editable=False)
    """[l, t, r, b] of the face that a person chose among several."""
    confirmed_at = models.DateTimeField(null=True, editable=False)
    """When somebody said that it shows its person; since then no comparison holds it."""
    second_look = models.BooleanField(default=False, db_default=False, editable=False)
    """Whether it was enrolled since the last time that nothing waited, and is to be compared with everybody again."""
    width_px = models.PositiveIntegerField(null=True, editable=False)
    height_px = models.PositiveIntegerField(null=True, editable=False)
    turned_degrees = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    """By how much the stored picture was turned clockwise, because the uploaded one lay on its side; else 0."""

    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    claimed_by = models.CharField(max_length=100, blank=True, editable=False)
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    """When a worker may claim it: now for a new photo, at the claim's end while working, later for a retry."""
    decided_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["due_at"], name="photo_due", condition=Q(state__in=WAITING)),
            models.Index(fields=["person"], name="photo_second_look", condition=Q(second_look=True)),
            models.Index(fields=["sha256"], name="photo_file"),
            models.Index(fields=["created_at", "id"], name="photo_oldest"),
            models.Index(fields=["state", "created_at", "id"], name="photo_state_oldest"),
        ]
        constraints = [
            models.UniqueConstraint(name="photo_once_per_person", fields=["person", "sha256"]),
            models.CheckConstraint(
                name="photo_not_enrolled_says_why",
                condition=~Q(state__in=[PhotoState.REJECTED, PhotoState.REVIEW, PhotoState.CHOOSE]) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.original_name or f"photo of {time_words(self.created_at)}"
