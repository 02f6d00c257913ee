"""The form that makes an API key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from people.accounts.api_key import ApiKey
from people.accounts.limits import limit_kinds
from people.accounts.rights import SCOPES, Scope

if TYPE_CHECKING:
    Base = forms.ModelForm[ApiKey]
else:  # generic for the type checker alone
    Base = forms.ModelForm


class ApiKeyForm(Base):
    """`user` makes the key; `form_for` sets `user` and adds fields for the limits that they can give it."""

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
        lacking = [scope for scope in scopes if not any(map(self.user.has_perm, SCOPES[scope]))]
        if lacking:
            raise ValidationError(
                "You have none of these rights yourself: %(scopes)s.", params={"scopes": ", ".join(lacking)}
            )
        return scopes

    def clean_expires_at(self) -> Any:
        expires_at = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise ValidationError("This day is in the past.")
        return expires_at

    def groups(self) -> list[Any]:
        """Returns the chosen groups, of every kind of limit."""
        return [group for name in limit_kinds() for group in self.cleaned_data.get(name, ())]


def form_for(user: Any) -> type[ApiKeyForm]:
    """Returns the form class for `user`, with fields for the limits that they can give."""
    return type("ApiKeyForm", (ApiKeyForm,), {"user": user, **dict(_limit_fields(user))})


def _limit_fields(user: Any) -> Iterator[tuple[str, forms.Field]]:
    for name, limits in limit_kinds().items():
        groups, are_own = _groups_for(user, limits)
        if groups.exists():
            words = groups.model._meta.verbose_name_plural
            without = "what you see yourself" if are_own else "everything"
            yield (
                name,
                forms.ModelMultipleChoiceField(
                    groups,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    label=f"Only these {words}",
                    help_text=f"If you choose none, the key sees {without}. A key never sees more than its owner.",
                ),
            )


def _groups_for(user: Any, limits: Any) -> tuple[QuerySet[Any], bool]:
    """Returns the groups that `user` can limit a key to, and whether these are the groups of their own limits.

    A limited user may not know of other groups.
    """
    group: Any = limits.group.field.related_model
    own = group.objects.filter(limits__user=user.pk)
    if not user.is_superuser and own.exists():
        return own, True
    may = user.has_perm(f"{group._meta.app_label}.view_{group._meta.model_name}")
    return (group.objects.all() if may else group.objects.none()), False
