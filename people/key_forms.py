"""The form that an API key is made with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from people.keys import ApiKey
from people.scopes import RIGHTS, Scope

if TYPE_CHECKING:
    Base = forms.ModelForm[ApiKey]
else:  # generic for the type checker alone
    Base = forms.ModelForm


class ApiKeyForm(Base):
    """`user` is whoever makes the key; set by the admin."""

    user: Any = None
    scopes = forms.MultipleChoiceField(
        choices=Scope,
        widget=forms.CheckboxSelectMultiple,
        help_text="Give no more than the other system needs. A key never has a right that its owner has not.",
    )

    class Meta:
        model = ApiKey
        fields = ["name", "scopes", "expires_at"]

    def clean_scopes(self) -> list[str]:
        scopes: list[str] = self.cleaned_data["scopes"]
        lacking = [scope for scope in scopes if not any(map(self.user.has_perm, RIGHTS[scope]))]
        if lacking:
            raise ValidationError(
                "You have none of these rights yourself: %(scopes)s.", params={"scopes": ", ".join(lacking)}
            )
        return scopes

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise ValidationError("This is in the past.")
        return expires_at
