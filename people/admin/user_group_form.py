"""The form of a site's own group of users: which rights it gives, each in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from people.accounts.right_words import in_reading_order, in_words
from people.accounts.rights import OFFERED, ROLES
from people.accounts.standing import rights_of_group

if TYPE_CHECKING:
    Base = forms.ModelForm[Group]
else:  # generic for the type checker alone
    Base = forms.ModelForm

HEADINGS = {"people": "People", "streams": "Cameras and sightings", "auth": "Users", "admin": "History"}


class UserGroupForm(Base):
    """Offers the rights of the table that `looker` has; group_form_for sets `looker`."""

    looker: User
    rights = forms.MultipleChoiceField(
        required=False,
        label="May",
        widget=forms.CheckboxSelectMultiple,
        help_text="You can give what you may do yourself.",
    )

    class Meta:
        model = Group
        fields = ["name"]
        help_texts = {"name": "For example: night shift."}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "rights" in self.fields:
            self.offered = in_reading_order(right for right in OFFERED if self.looker.has_perm(right))
            field: Any = self.fields["rights"]
            field.choices = [(heading, self._choices(app)) for app, heading in HEADINGS.items() if self._choices(app)]
            field.initial = sorted(rights_of_group(self.instance)) if self.instance.pk else []

    def _choices(self, app: str) -> list[tuple[str, str]]:
        return [(right, in_words(right)) for right in self.offered if right.startswith(f"{app}.")]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if name.lower() in ROLES and name != self.instance.name:
            raise ValidationError("A built-in role has this name. Choose another one.", code="built_in")
        return name

    def permissions(self) -> QuerySet[Permission]:
        """Returns what the group gives from now on. Rights that were not offered, of release 0.1, stay as they are."""
        held = rights_of_group(self.instance) if self.instance.pk else frozenset()
        wanted = {*self.cleaned_data["rights"], *held.difference(self.offered)}
        found = Permission.objects.select_related("content_type")
        return found.filter(pk__in=[each.pk for each in found if _name_of(each) in wanted])


def group_form_for(looker: User) -> type[UserGroupForm]:
    """Returns the form in which `looker` chooses among the rights that they have."""
    return type("UserGroupForm", (UserGroupForm,), {"looker": looker})


def _name_of(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"
