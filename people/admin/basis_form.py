"""The form to record a basis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils import timezone

from people.editing.documents import Document
from people.errors import BadUpload
from people.records.basis import Basis

if TYPE_CHECKING:
    Base = forms.ModelForm[Basis]
else:  # generic for the type checker alone
    Base = forms.ModelForm


class BasisForm(Base):
    """A basis to be recorded. It says beside each field what is wrong with it; the service checks again."""

    valid_from = forms.SplitDateTimeField(label="From", initial=timezone.now, widget=AdminSplitDateTime)

    class Meta:
        model = Basis
        fields = ["person", "kind", "purpose", "document", "valid_from", "valid_until"]

    def clean_document(self) -> Any:
        file = self.cleaned_data.get("document")
        if file:
            try:
                Document.read(file, file.name)
            except BadUpload as refusal:
                raise forms.ValidationError(str(refusal), code=refusal.code) from None
            file.seek(0)
        return file

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        begins, ends = values.get("valid_from"), values.get("valid_until")
        if begins and ends and ends <= begins:
            self.add_error("valid_until", "It must end after it begins.")
        return values
