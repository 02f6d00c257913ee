"""The admin's form for a camera."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.urls import reverse

from people.base.guarded_form import GuardedForm
from people.gallery.engines import usable_engine
from streams.admin.region_field import RegionsField, RegionsWidget
from streams.cameras.credentials import Entered
from streams.records.camera import Camera


class CameraForm(GuardedForm):
    """Edits a camera. It never shows the password, and an empty field keeps the stored one."""

    password = forms.CharField(
        label="Password",
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "class": "vTextField"}),
        help_text="Stored sealed and never shown. User and password in an address are moved here.",
    )
    forget_password = forms.BooleanField(label="Forget the stored password", required=False)
    regions = RegionsField(
        help_text="“Look here”: faces whose middle lies outside are not looked for. “Never keep”: blackened before "
        "anything is recognised, stored or shown. Without regions it looks everywhere.",
    )

    class Meta:
        model = Camera
        fields = (
            "name",
            "slug",
            "source",
            "username",
            "enabled",
            "loop",
            "analysis_fps",
            "smallest_face_px",
            "match_threshold",
            "liveness_hint",
            "looking_source",
            "transport",
            "snapshot_seconds",
            "down_after_s",
            "decoding",
            "turn",
            "mirrored",
            "pixel_aspect",
            "regions",
            "hours",
            "role",
            "strangers",
            "keeps_whole_frame",
            "clip_seconds",
        )
        widgets = {"hours": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})}
        labels = {
            "slug": "Short name in addresses",
            "loop": "Again and again",
            "analysis_fps": "Frames a second",
            "smallest_face_px": "Smallest face in pixels",
            "match_threshold": "Limit for a name",
            "liveness_hint": "Hint at pictures held before the camera",
            "looking_source": "Smaller stream",
            "transport": "RTSP over TCP or UDP",
            "snapshot_seconds": "Seconds between snapshots",
            "down_after_s": "Seconds until it counts as down",
            "turn": "Turn the picture",
            "pixel_aspect": "Width of a pixel",
            "strangers": "Kept of strangers",
            "keeps_whole_frame": "Keep the whole frame",
            "clip_seconds": "Keep a clip",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "password" in self.fields and self.instance.has_password:
            self.fields["password"].help_text = "One is stored; empty keeps it."
        if "regions" in self.fields and self.instance.pk:
            editor = cast(RegionsWidget, self.fields["regions"].widget)
            editor.picture_url = reverse("admin:streams_camera_picture", args=[self.instance.pk])
            editor.turn, editor.mirrored = self.instance.turn, self.instance.mirrored

    def state(self, row: Camera) -> str:
        """Returns the state of the row as it is shown: its threshold as a distance of the engine in use."""
        row.translate_threshold(usable_engine())
        return super().state(row)

    @property
    def entered_password(self) -> str | None:
        """The password that was entered; None keeps the stored one, "" forgets it."""
        written: str = self.cleaned_data.get("password", "")
        return written or ("" if self.cleaned_data.get("forget_password") else None)

    @property
    def before(self) -> Camera | None:
        """The stored camera; None for a new one."""
        return Camera.objects.filter(pk=self.instance.pk).first() if self.instance.pk else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "source" in cleaned:
            smaller = cleaned.get("looking_source", "")
            entered = Entered.of(cleaned["source"], cleaned.get("username", ""), self.entered_password, smaller)
            entered.put_into(Camera(), self.before)
            cleaned |= {"source": entered.source, "username": entered.username, "password": entered.password or ""}
            cleaned["looking_source"] = entered.looking_source
        return cleaned
