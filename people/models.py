"""People, their photos, the encodings made of them, watchlists, and the version of the gallery they form."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.db.models.lookups import Exact
from pgvector.django import VectorField

from people.decision_thresholds import DecisionThresholds as DecisionThresholds
from people.engine_choice import EngineChoice as EngineChoice
from people.idempotency import KeptAnswer as KeptAnswer
from people.imports.jobs import ImportEntry as ImportEntry
from people.imports.jobs import ImportJob as ImportJob
from people.keys.api_key import ApiKey as ApiKey
from people.keys.api_key import KeyUser as KeyUser
from people.limits.person_limits import PersonGroup as PersonGroup
from people.limits.person_limits import PersonLimit as PersonLimit
from people.merging.merged import MergedPerson as MergedPerson
from people.metadata import check_metadata
from people.querysets import EncodingQuerySet, PersonQuerySet, PhotoQuerySet
from people.storage import crop_name, photo_name


class Person(models.Model):
    """Somebody who may be recognised. Retired people stay in the records and leave the gallery."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(max_length=200)
    external_id = models.CharField(
        max_length=200, blank=True, null=True, unique=True, help_text="The person's id in another system."
    )
    notes = models.TextField(blank=True)
    metadata = models.JSONField(
        default=dict,
        blank=True,
        validators=[check_metadata],
        help_text='What your organisation keeps for itself: a JSON object such as {"badge": 17}.',
    )
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["name"], name="person_name")]
        permissions = [("retire_person", "Can retire and restore people")]
        constraints = [
            models.CheckConstraint(name="person_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="person_metadata_is_an_object",
                condition=Q(Exact(Func(F("metadata"), function="jsonb_typeof"), Value("object"))),
            ),
            models.CheckConstraint(
                name="person_external_id_not_empty", condition=~Q(external_id="") | Q(external_id=None)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None


class Photo(models.Model):
    """One uploaded picture of a person and what became of it: the row is the enrolment job."""

    class State(models.TextChoices):
        PENDING = "pending", "waiting"
        WORKING = "working", "being read"
        ENROLLED = "enrolled", "enrolled"
        CHOOSE = "choose", "choose a face"
        REVIEW = "review", "held for review"
        REJECTED = "rejected", "rejected"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="photos")
    image = models.ImageField(upload_to=photo_name, max_length=200, width_field=None, height_field=None)
    crop = models.FileField(upload_to=crop_name, max_length=200, blank=True, editable=False)
    """JPEG of the enrolled face with some surroundings, for lists."""
    original_name = models.CharField(max_length=255, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)

    state = models.CharField(max_length=10, choices=State, default=State.PENDING, editable=False)
    reason = models.CharField(max_length=40, blank=True, editable=False)
    """A stable code from people/enrolling/reasons.py; the sentence for people is made from it."""
    reason_detail = models.JSONField(default=dict, blank=True, editable=False)
    """Numbers and ids that the sentence needs, such as {"face_px": 31, "wanted_px": 60}."""
    faces = models.JSONField(default=list, blank=True, editable=False)
    """Every face found: {"box": [l, t, r, b], "score", "quality": {...}}, in pixels of the upright picture."""
    chosen_box = models.JSONField(null=True, blank=True, editable=False)
    """[l, t, r, b] of the face that a person chose among several."""
    width_px = models.PositiveIntegerField(null=True, editable=False)
    height_px = models.PositiveIntegerField(null=True, editable=False)

    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    claimed_by = models.CharField(max_length=100, blank=True, editable=False)
    due_at = models.DateTimeField(db_default=Now(), editable=False)
    """Not to be claimed before: now for a new photo, the claim's end while working, later for a retry."""
    decided_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [
            models.Index(fields=["due_at"], name="photo_due", condition=Q(state__in=["pending", "working"])),
            models.Index(fields=["created_at", "id"], name="photo_oldest"),
            models.Index(fields=["state", "created_at", "id"], name="photo_state_oldest"),
        ]
        constraints = [
            models.UniqueConstraint(name="photo_once_per_person", fields=["person", "sha256"]),
            models.CheckConstraint(
                name="photo_not_enrolled_says_why",
                condition=~Q(state__in=["rejected", "review", "choose"]) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.original_name or str(self.id)


class Encoding(models.Model):
    """128 numbers of unit length made from one photo by one engine. Biometric data: never shown, never logged."""

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="encodings")
    engine = models.CharField(max_length=100)
    """Engine, version and preprocessing digest; a gallery never mixes them."""
    vector = VectorField(dimensions=128)
    quality = models.FloatField()
    """Quality.overall of the face, 0 to 1."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EncodingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="encoding_once_per_photo_and_engine", fields=["photo", "engine"]),
            models.CheckConstraint(name="encoding_quality_0_to_1", condition=Q(quality__gte=0, quality__lte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.engine} of {self.photo_id}"


class Watchlist(models.Model):
    """A named set of people: sightings, searches and reports can be narrowed to it."""

    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    people = models.ManyToManyField(Person, related_name="watchlists", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class GalleryVersion(models.Model):
    """The one row that says how often the gallery has changed; raised by triggers (migration 0002)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=1)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        permissions = [
            ("recognise", "Can find, name and compare faces in uploaded pictures"),
            ("delete_everybody", "Can delete everybody with one call"),
        ]
        constraints = [models.CheckConstraint(name="gallery_version_is_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"gallery {self.version}"
