"""Forms that change named sets of people by who is put in and who is taken out, not by the whole set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.utils.text import get_text_list

from people.accounts.limits import Looker
from people.records.groups import PersonGroup
from people.records.person import Person
from people.records.watchlist import TOO_MANY_FALSE, Watchlist

if TYPE_CHECKING:
    Base = forms.ModelForm[Any]
else:  # generic for the type checker alone
    Base = forms.ModelForm

PICKERS = ("put_in", "take_out")
BY_PROPOSAL = "This watchlist asks for two people: propose it under “Entries and proposals”, and another user confirms."


def _picker(members: Any, label: str) -> forms.ModelMultipleChoiceField[Person]:
    """Returns a field that picks people for the relation `members`, found by name."""
    widget = AutocompleteSelectMultiple(members.field, admin.site)
    return forms.ModelMultipleChoiceField(Person.objects.none(), required=False, label=label, widget=widget)


class MembersForm(Base):
    """Picks members to put in and take out.

    A form may have 1,000 fields (DATA_UPLOAD_MAX_NUMBER_FIELDS), but a set may have any number of people.
    """

    looker: Looker
    """The user who fills in the form and may choose only people who exist for them.

    MembersAdmin sets it on the class that the admin makes for each request.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in set(PICKERS) & self.fields.keys():
            field: Any = self.fields[name]
            field.queryset = Person.objects.within_limits_of(self.looker)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if both := set(cleaned.get("put_in", ())) & set(cleaned.get("take_out", ())):
            names = get_text_list(sorted(map(str, both)), "and")
            raise ValidationError(f"Either put in or take out {names}.", code="both")
        return cleaned


class PersonGroupForm(MembersForm):
    put_in = _picker(PersonGroup.people, "Put in")
    take_out = _picker(PersonGroup.people, "Take out")

    class Meta:
        model = PersonGroup
        fields = ["name", "description"]
        widgets = {"description": AdminTextareaWidget(attrs={"rows": 3})}


class WatchlistForm(MembersForm):
    put_in = _picker(Watchlist.people, "Put in")
    take_out = _picker(Watchlist.people, "Take out")

    class Meta:
        model = Watchlist
        fields = ["name", "description", "two_people", "false_limit", "false_of_last"]
        widgets = {"description": AdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "false_of_last" in self.fields:
            self.fields["false_of_last"].required = False

    def clean_false_of_last(self) -> int:
        """Left empty it stays as it is: it matters only with a limit."""
        return int(self.cleaned_data["false_of_last"] or self.instance.false_of_last)

    def clean(self) -> dict[str, Any]:
        """Refuses, before anything is saved, what the list asks two people for."""
        cleaned = super().clean()
        asked_for_two = Watchlist.objects.filter(pk=self.instance.pk, two_people=True).exists()
        if asked_for_two and cleaned.get("put_in"):
            self.add_error("put_in", ValidationError(BY_PROPOSAL, code="wants_two"))
        if asked_for_two and "two_people" in self.fields and not cleaned.get("two_people"):
            self.add_error("two_people", ValidationError(BY_PROPOSAL, code="wants_two"))
        if not asked_for_two and cleaned.get("two_people") and cleaned.get("put_in"):
            self.add_error("put_in", ValidationError("Save who is on it first, and then let it ask for two people."))
        limit, last = cleaned.get("false_limit"), cleaned.get("false_of_last")
        if limit and last and limit > last:
            self.add_error("false_limit", ValidationError(TOO_MANY_FALSE))
        return cleaned
