"""The form that cameras are edited with in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from streams.models import Camera
from streams.source_rules import validate_source

if TYPE_CHECKING:
    Base = forms.ModelForm[Camera]
else:  # generic for the type checker alone
    Base = forms.ModelForm


class CameraForm(Base):
    class Meta:
        model = Camera
        fields = (
            "name",
            "slug",
            "source",
            "enabled",
            "loop",
            "analysis_fps",
            "smallest_face_px",
            "match_threshold",
        )

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"]
        validate_source(source)
        return source
