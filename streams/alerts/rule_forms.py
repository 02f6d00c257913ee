"""The form of a rule, which reads as a sentence: when, who, where, how sure; then what happens."""

from __future__ import annotations

from typing import Any

from django import forms

from people.records.person import Person
from people.records.watchlist import Watchlist
from streams.alerting.rule_services import keep_what_belongs, lacks
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.groups import camera_limits, groups_within
from streams.records.rule import Rule

MINUTE_S = 60
ABOUT = ("is_on", "kind", "person", "watchlist", "hours", "outside_hours")
"""What says whom it waits for, and by when."""


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Offers only what its user may see. `quiet_minutes` stands for `cool_down_s`."""

    quiet_minutes = forms.FloatField(
        label="Quiet for",
        min_value=0,
        max_value=7 * 24 * 60,
        help_text="minutes after an alert, about the same person at the same camera.",
    )

    class Meta:
        model = Rule
        fields = [
            "name", "is_on", "kind", "person", "watchlist", "times", "minutes", "everywhere", "cameras",
            "camera_groups", "hours", "outside_hours", "exceptions", "certainty", "looks", "severity", "text",
            "two_people", "channels",
        ]  # fmt: skip
        widgets = {
            "cameras": forms.CheckboxSelectMultiple,
            "camera_groups": forms.CheckboxSelectMultiple,
            "channels": forms.CheckboxSelectMultiple,
            "hours": forms.TextInput,
            "exceptions": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: dict[str, Any] = {
            "person": Person.objects.visible_to(user).nameable_or(self.instance.person_id),
            "watchlist": Watchlist.objects.visible_to(user),
            "cameras": Camera.objects.visible_to(user),
            "camera_groups": groups_within(camera_limits(user)),
            "channels": Channel.objects.within_limits_of(user),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.initial.setdefault("quiet_minutes", f"{self.instance.cool_down_s / MINUTE_S:.6g}")  # "5", and not "5.0"
        self.is_limited = bool(camera_limits(user))
        if self.is_limited:
            self.fields["everywhere"].disabled = True
            self.initial["everywhere"] = False

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if (minutes := said.get("quiet_minutes")) is not None:
            self.instance.cool_down_s = round(minutes * MINUTE_S)
        asked = Rule(**{name: said[name] for name in ABOUT if name in said})
        keep_what_belongs(asked)
        said |= {name: getattr(asked, name) for name in ABOUT if name in said}
        if why := lacks(asked):
            self.add_error("kind", why)
        return said
