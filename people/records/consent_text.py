"""The site's text that people agree to before they enrol themselves: each version is a row, the newest counts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class ConsentText(models.Model):
    """One version of the text. Its number is its id. It is never rewritten, because people have agreed to it."""

    text = models.TextField(
        max_length=20_000,
        help_text="What is done with the pictures, what for, how long, who sees it, and whom to ask. Plain words; "
        "an empty line begins a new paragraph.",
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "people"
        ordering = ["-id"]
        verbose_name = "consent text"
        default_permissions = ("view", "add")
        constraints = [models.CheckConstraint(name="consent_text_says_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"version {self.pk}"


def newest_text() -> ConsentText | None:
    return ConsentText.objects.first()
