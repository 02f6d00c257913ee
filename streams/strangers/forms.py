"""The forms of a stranger's page. What is chosen may be gone by the time it is sent: the edits look again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError

from people.editing.person_services import namesake_of
from people.records.person import Person
from streams.records.stranger import Stranger
from streams.strangers.pictures import MOST_PICTURES


class ChosenIds(forms.Field):
    """Ids that were ticked on the page, each once."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[UUID]:
        try:
            return list(dict.fromkeys(UUID(str(each)) for each in value or ()))
        except ValueError:
            raise ValidationError("The page sent something that it does not have. Load it again.") from None


class PicturesForm(forms.Form):
    pictures = ChosenIds(required=False)

    @property
    def ticked(self) -> list[str]:
        """Returns the ids as they were sent: the page that refuses the form ticks the same ones again."""
        sent: Any = self.data
        return list(sent.getlist("pictures"))

    def clean_pictures(self) -> list[UUID]:
        chosen: list[UUID] = self.cleaned_data["pictures"]
        if len(chosen) > MOST_PICTURES:
            raise ValidationError(f"Choose at most {MOST_PICTURES} pictures: more tell nothing new about a face.")
        return chosen


class NameForm(PicturesForm):
    """A new person of this name; a second click is needed if somebody has the name already."""

    name = forms.CharField(max_length=200, label="Name", error_messages={"required": "Write a name."})
    same_name = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        self._user = user
        self.namesake: Person | None = None

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("name", "")
        if name and not self.cleaned_data.get("same_name"):
            self.namesake = namesake_of(Person(name=name), name=name, external_id=None, by=self._user)
            if self.namesake and self.namesake.is_retired:
                raise ValidationError("Somebody of this name is retired: restore them first, or is it somebody new?")
            if self.namesake:
                raise ValidationError("Somebody of this name is enrolled already: is it them, or somebody new?")
        return self.cleaned_data


class WhoForm(PicturesForm):
    """Somebody enrolled, by name; if several have it, the page asks which."""

    who = forms.CharField(max_length=200, required=False, label="Name of somebody enrolled")
    person = forms.UUIDField(required=False)

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        self._people = Person.objects.within_limits_of(user).nameable()
        self.candidates: list[Person] = []

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.cleaned_data.get("person"):
            self.cleaned_data["person"] = self._found(self.cleaned_data.get("who", "").strip())
        return self.cleaned_data

    def _found(self, name: str) -> UUID:
        if not name:
            raise ValidationError("Write the name of somebody enrolled.")
        exact = list(self._people.filter(name__iexact=name)[:2])
        if len(exact) == 1:
            return exact[0].pk
        self.candidates = list(self._people.filter(search_name__has_words=name).order_by("name", "pk")[:20])
        if not self.candidates:
            raise ValidationError("Nobody enrolled has this name.")
        raise ValidationError("Which of these is it?")


class OtherForm(forms.Form):
    """Another stranger, by number."""

    other = forms.IntegerField(
        min_value=1, max_value=2**31 - 1, label="Number", error_messages={"required": "Write a stranger's number."}
    )

    def __init__(self, data: Any, *, user: Any) -> None:
        super().__init__(data)
        self._user = user

    def clean_other(self) -> Stranger:
        found = Stranger.objects.visible_to(self._user).filter(number=self.cleaned_data["other"]).first()
        if found is None:
            raise ValidationError("There is no stranger of this number.")
        return found


class SplitForm(forms.Form):
    sightings = ChosenIds(required=False)
