"""The form of a rule, which reads as a sentence: when, who, where, how sure; then what happens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from people.base.ids import uuid_or_none
from people.records.person import Person, PersonQuerySet
from people.records.watchlist import Watchlist
from streams.alerting.rule_services import ABOUT_A_PERSON, keep_what_belongs, lacks
from streams.records.camera import Camera
from streams.records.channel import Channel
from streams.records.groups import camera_limits, groups_within
from streams.records.rule import Rule

MINUTE_S = 60
RIGHTS = {"person": "people.view_person", "watchlist": "people.view_watchlist", "cameras": "streams.view_camera"}
"""What may be changed in a rule only by who may see such rows."""
MOST_OFFERED = 200
"""People among whom one chooses from a list."""
MOST_SHOWN = 20
NOBODY = "Nobody enrolled has this name."
ABOUT = ("is_on", "kind", "person", "watchlist", "hours", "outside_hours")
"""What says whom it waits for, and by when."""


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """Offers only what its user may see. `quiet_minutes` stands for `cool_down_s`.

    `who`: the person's name, on a site with more people than one chooses among.
    """

    who = forms.CharField(max_length=200, required=False, label="Name of the person")

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
            "watchlist": Watchlist.objects.visible_to(user),
            "cameras": Camera.objects.visible_to(user),
            "camera_groups": groups_within(camera_limits(user)),
            "channels": Channel.objects.within_limits_of(user),
        }
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        for name, right in RIGHTS.items():
            if not (self.instance._state.adding or user.has_perm(right)):
                del self.fields[name]  # what the rule names stays
        self._offer_people(Person.objects.visible_to(user).nameable_or(self.instance.person_id))
        self.initial.setdefault("quiet_minutes", f"{self.instance.cool_down_s / MINUTE_S:.6g}")  # "5", and not "5.0"
        self.is_limited = bool(camera_limits(user))
        if self.is_limited:
            self.fields["everywhere"].disabled = True
            self.initial["everywhere"] = False

    def _offer_people(self, people: PersonQuerySet) -> None:
        """Takes all of `people`, and shows them to choose from if they are few: 20,000 made a page of 1.7 MB."""
        self._people = people
        if "person" not in self.fields:
            del self.fields["who"]
            return
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        if people.order_by()[: MOST_OFFERED + 1].count() <= MOST_OFFERED:
            del self.fields["who"]
            return
        self.fields["who"].widget.attrs |= {
            "list": "people-names",
            "autocomplete": "off",
            "data-people-names": reverse("api-person-list"),
        }
        chosen = uuid_or_none(self.data.get("person")) or self.instance.person_id
        self._show(people.filter(pk=chosen))

    def _show(self, people: PersonQuerySet) -> None:
        options = [(str(person.pk), str(person)) for person in people]
        self.fields["person"].choices = [("", "---------"), *options]  # type: ignore[attr-defined]

    def _named(self, name: str, chosen: Person | None) -> Person | None:
        """Returns whom `name` means: `chosen`, if they are called so. If it means several, offers these."""
        called = self._people.filter(search_name__has_words=name)
        if chosen and called.filter(pk=chosen.pk).exists():
            return chosen
        exact = list(self._people.filter(name__iexact=name)[:2])
        if len(exact) == 1:
            return exact[0]
        self._show(called.order_by("name", "pk")[:MOST_SHOWN])
        is_known = len(self.fields["person"].choices) > 1  # type: ignore[attr-defined]
        self.add_error("person" if is_known else "who", "Which of these is it?" if is_known else NOBODY)
        return None

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("who") and said.get("kind") in ABOUT_A_PERSON and "person" in said:
            said["person"] = self._named(said["who"], said["person"])
            if self.errors:
                return said
        if (minutes := said.get("quiet_minutes")) is not None:
            self.instance.cool_down_s = round(minutes * MINUTE_S)
        kept = {name: getattr(self.instance, name) for name in RIGHTS if name in ABOUT and name not in self.fields}
        asked = Rule(**kept, **{name: said[name] for name in ABOUT if name in said})
        keep_what_belongs(asked)
        said |= {name: getattr(asked, name) for name in ABOUT if name in said}
        if why := lacks(asked):
            self.add_error("kind", why)
        return said
