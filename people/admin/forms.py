"""Forms of the admin: a person with new photos, a ZIP file of many people, and thresholds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import Script
from django.urls import reverse
from django.utils.html import format_html

from people.admin.metadata_field import MetadataFormField
from people.base.guarded_form import GuardedForm
from people.base.history import Actor
from people.base.row_state import state_of
from people.editing.person_services import namesake_of
from people.gallery.calibrating import TIGHTEST
from people.recognising.frame_answers import VIEWS
from people.recognition.types import FARTHEST
from people.records.groups import PersonGroup
from people.records.person import Person
from people.records.watchlist import Watchlist

ACCEPTED = "image/jpeg,image/png,image/webp,image/avif,image/gif,image/bmp,image/tiff,image/heic,image/heif,.heic,.heif"


class PhotosInput(forms.ClearableFileInput):
    """Where users choose pictures, drop and paste them, or take them; they are looked at before they are saved.

    Without scripts it is the browser's own input for several files.
    """

    allow_multiple_selected = True
    template_name = "people/adding_photos.html"
    person: Person | None = None
    """Whose photos are added; None for somebody who is not saved yet."""

    class Media:
        css = {"all": ["people/adding.css"]}
        js = [Script("people/adding.js", type="module")]

    def __init__(self) -> None:
        super().__init__(attrs={"multiple": True, "accept": ACCEPTED})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return {**context, "views": VIEWS, "most": settings.DATA_UPLOAD_MAX_NUMBER_FILES, "person": self.person}


class PhotosField(forms.FileField):
    """Takes any number of files. `services.add_photo` checks each, so a bad file does not stop the others."""

    widget = PhotosInput

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_empty_file=True, **options)

    def clean(self, data: list[UploadedFile[Any]] | None, initial: object = None) -> list[UploadedFile[Any]]:
        return [file for file in data or [] if file]

    def has_changed(self, initial: object, data: list[UploadedFile[Any]] | None) -> bool:
        return bool(data)


class PersonForm(GuardedForm):
    new_photos = PhotosField(
        required=False,
        label="Add photos",
        help_text=(
            "JPEG, PNG, WebP, AVIF or HEIC. One face each, looking at the camera, at least 80 pixels wide; "
            "three photos of different moments recognise much better than one."
        ),
    )
    watchlists = forms.ModelMultipleChoiceField(
        Watchlist.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Sightings can be narrowed to the people on a watchlist.",
    )
    groups = forms.ModelMultipleChoiceField(
        PersonGroup.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Users and API keys that are limited to a group see its people only.",
    )

    same_name = forms.BooleanField(
        required=False, widget=forms.HiddenInput, label="Create another person of this name anyway"
    )
    asker: Actor = None
    """Who fills in the form; the admin sets it."""

    class Meta:
        model = Person
        fields = ["name", "external_id", "notes", "metadata"]
        widgets = {"notes": AdminTextareaWidget(attrs={"rows": 3})}
        field_classes = {"metadata": MetadataFormField}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self._memberships() if not self.instance._state.adding else ():
            self.fields[name].initial = getattr(self.instance, name).all()
        photos = self.fields.get("new_photos")
        if photos and not self.instance._state.adding:
            photos.widget.person = self.instance

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "name" in cleaned and not cleaned.get("same_name"):
            name, external_id = cleaned["name"], cleaned.get("external_id")
            if namesake := namesake_of(self.instance, name=name, external_id=external_id, by=self.asker):
                self._ask(namesake)
        if "watchlists" in cleaned:
            self._check_lists(cleaned["watchlists"])
        return cleaned

    def _check_lists(self, chosen: Iterable[Watchlist]) -> None:
        known = set() if self.instance._state.adding else set(self.instance.watchlists.values_list("pk", flat=True))
        for each in chosen:
            if each.two_people and each.pk not in known:
                words = (
                    f"“{each}” asks for two people: propose it on the page of the watchlist, and another user confirms."
                )
                self.add_error("watchlists", ValidationError(words, code="wants_two"))

    def _ask(self, namesake: Person) -> None:
        """Refuses the name once, and shows the box that takes it nevertheless."""
        address = reverse("admin:people_person_change", args=[namesake.pk])
        words = 'There is already a person called <a href="{}">{}</a>. Add the photos there, or tick the box below.'
        self.add_error("name", ValidationError(format_html(words, address, namesake.name), code="name_taken"))
        self.fields["same_name"].widget = forms.CheckboxInput()

    def state(self, row: Person) -> str:
        """Includes only the memberships that the user edits here: a change of others must not show."""
        return state_of(row, [f"{name} {each.pk}" for name in self._memberships() for each in getattr(row, name).all()])

    def _memberships(self) -> list[str]:
        return [name for name in ("watchlists", "groups") if name in self.fields]


class ZipForm(forms.Form):
    file = forms.FileField(
        label="ZIP file",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )


class RateForm(forms.Form):
    """The wanted rate at which strangers are given a name."""

    USUAL = 0.001
    RATES = [(0.01, "1 in 100"), (0.001, "1 in 1,000"), (0.0001, "1 in 10,000"), (0.00001, "1 in 100,000")]
    rate = forms.TypedChoiceField(coerce=float, choices=RATES, initial=USUAL, label="Strangers given a name")

    def wanted(self) -> float:
        """Returns the rate that was asked for, or USUAL if there is none or it is invalid."""
        return float(self.cleaned_data["rate"]) if self.is_bound and self.is_valid() else self.USUAL


class ThresholdsForm(forms.Form):
    """A match distance to put into force, with a tick box that prevents an accident."""

    match = forms.FloatField(
        min_value=TIGHTEST,
        max_value=FARTHEST,
        label="Name up to a distance of",
        widget=forms.NumberInput(attrs={"step": "0.001"}),
    )
    reason = forms.CharField(max_length=300, label="Reason", widget=forms.TextInput(attrs={"size": 60}))
    wanted_rate = forms.FloatField(min_value=0, max_value=1, required=False, widget=forms.HiddenInput())
    sure = forms.BooleanField(label="Use this distance on every camera from now on")

    def __init__(self, *args: Any, furthest: float, **options: Any) -> None:
        """`furthest`: the largest distance that a site may choose with its engine."""
        super().__init__(*args, **options)
        self._furthest = furthest

    def clean_match(self) -> float:
        match: float = self.cleaned_data["match"]
        if match > self._furthest:
            raise ValidationError(f"Choose at most {self._furthest}: beyond it half of all people would get a name.")
        return match
