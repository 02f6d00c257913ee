"""A form that refuses to overwrite changes that somebody else saved after it was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from people.base.history import last_change_in_words
from people.base.row_state import state_of

if TYPE_CHECKING:
    Base = forms.ModelForm[Any]
else:  # generic for the type checker alone
    Base = forms.ModelForm


class GuardedForm(Base):
    """Refuses to save if the row's state differs from `row_state`, which the form's template must render.

    Clean the form in the transaction that saves it, as the admin does: cleaning locks the row.
    """

    row_state = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.instance._state.adding:
            self.fields["row_state"].initial = self.state(self.instance)

    def state(self, row: Any) -> str:
        """Returns the row's state. Override it in forms that edit more than the row's own columns."""
        return state_of(row)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        opened = cleaned.get("row_state")
        if opened and not self.instance._state.adding:
            rows = type(self.instance)._default_manager.select_for_update()
            now = rows.filter(pk=self.instance.pk).first()
            if now is None or self.state(now) != opened:
                raise ValidationError(_said(now), code="changed_meanwhile")
        return cleaned


def _said(row: Model | None) -> str:
    if row is None:
        return "Somebody deleted it since you opened this page."
    last = last_change_in_words(row)
    return " ".join(
        [
            "Somebody changed it since you opened this page, so nothing of yours was saved.",
            *([f"The last change in its history: {last}"] if last else []),
            "Open the page again and repeat your change.",
        ]
    )
