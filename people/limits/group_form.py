"""The form of a group of people: who comes and who leaves. All its members at once would be too many for a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.utils.text import get_text_list

from people.limits.person_limits import PersonGroup
from people.models import Person

if TYPE_CHECKING:
    Base = forms.ModelForm[PersonGroup]
else:  # generic for the type checker alone
    Base = forms.ModelForm


def _picker(label: str) -> forms.ModelMultipleChoiceField[Person]:
    widget = AutocompleteSelectMultiple(PersonGroup._meta.get_field("people"), admin.site)
    return forms.ModelMultipleChoiceField(Person.objects.all(), required=False, label=label, widget=widget)


class PersonGroupForm(Base):
    """A form may have 1,000 fields (DATA_UPLOAD_MAX_NUMBER_FIELDS), a group any number of people."""

    put_in = _picker("Put in")
    take_out = _picker("Take out")

    class Meta:
        model = PersonGroup
        fields = ["name", "description"]
        widgets = {"description": AdminTextareaWidget(attrs={"rows": 3})}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if both := set(cleaned.get("put_in", ())) & set(cleaned.get("take_out", ())):
            names = get_text_list(sorted(map(str, both)), "and")
            raise ValidationError(f"Either put in or take out {names}.", code="both")
        return cleaned
