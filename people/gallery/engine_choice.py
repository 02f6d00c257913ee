"""Which engine's encodings make the gallery: every choice is a row, the newest counts, going back is one more row."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from people.recognition.engine.kinds import engine_name


class EngineChoiceQuerySet(models.QuerySet["EngineChoice"]):
    def active(self) -> str | None:
        """Returns the key of the engine in use, or None before the first photo was enrolled."""
        return self.order_by("-pk").values_list("engine", flat=True).first()

    def changed_at(self) -> datetime | None:
        """Returns when the engine in use replaced another one, or None if it did not."""
        newest = self.order_by("-pk").values_list("previous", "chosen_at").first()
        return newest[1] if newest and newest[0] else None


class EngineChoice(models.Model):
    """Somebody, or the first enrolled photo, put an engine into use."""

    engine = models.CharField(max_length=100)
    previous = models.CharField(max_length=100, blank=True)
    """The engine in use before; empty for the first one."""
    missing_photos = models.PositiveIntegerField(default=0)
    """Enrolled photos that had no encoding of this engine at that moment."""
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    """None if the system or a command chose."""
    chosen_at = models.DateTimeField(auto_now_add=True)

    objects = EngineChoiceQuerySet.as_manager()

    class Meta:
        app_label = "people"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="engine_choice_names_an_engine", condition=~Q(engine="")),
            models.CheckConstraint(name="engine_choice_changes_it", condition=~Q(engine=F("previous"))),
        ]

    def __str__(self) -> str:
        return engine_name(self.engine)
