"""The distances that give a face a name on this site: every change is a row, and the newest of an engine counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from people.recognition.engine.kinds import distances_of
from people.recognition.types import Thresholds


class DecisionThresholdsQuerySet(models.QuerySet["DecisionThresholds"]):
    def in_force(self, engine: str) -> Thresholds:
        """Returns the thresholds for encodings of `engine`, or the measured default if nobody has set any."""
        row = self.newest(engine)
        return row.thresholds if row else distances_of(engine).thresholds

    def newest(self, engine: str) -> DecisionThresholds | None:
        """Returns the thresholds that somebody put into force last, or None while the measured default decides."""
        return self.filter(engine=engine).order_by("-pk").first()


class DecisionThresholds(models.Model):
    """Thresholds that somebody put into force for one engine; distances of another engine mean something else."""

    engine = models.CharField(max_length=100)
    match = models.FloatField()
    """Euclidean distance, 0 to 2, up to which a face gets a name."""
    review = models.FloatField()
    """Euclidean distance up to which a person is asked."""
    margin = models.FloatField(default=0.0)
    """How much nearer than the next person a match must be."""
    wanted_rate = models.FloatField(null=True)
    """The chance of a false name for a stranger that was asked for, 0 to 1; None if the thresholds were set in
    another way."""
    reason = models.CharField(max_length=300)
    """Why these thresholds were chosen, in words."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """None if a command set them."""
    created_at = models.DateTimeField(auto_now_add=True)

    objects = DecisionThresholdsQuerySet.as_manager()

    class Meta:
        app_label = "people"
        ordering = ["-id"]
        verbose_name_plural = "decision thresholds"
        indexes = [models.Index(fields=["engine", "-id"], name="thresholds_newest")]
        constraints = [
            models.CheckConstraint(
                name="thresholds_in_order",
                condition=Q(match__gt=0) & Q(match__lte=F("review")) & Q(review__lte=2) & Q(margin__gte=0),
            ),
            models.CheckConstraint(name="thresholds_say_why", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"match {self.match:.3f}, review {self.review:.3f}"

    @property
    def thresholds(self) -> Thresholds:
        return Thresholds(self.match, self.review, self.margin)
