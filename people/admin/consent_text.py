"""The admin of the text that people agree to: a change is a new version, and the newest is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.http import HttpRequest

from people.admin.history import LoggedByServices
from people.admin.pages import ExtraPages
from people.editing.policy_services import write_consent_text
from people.records.consent_text import ConsentText, newest_text


@admin.register(ConsentText)
class ConsentTextAdmin(LoggedByServices, ExtraPages):
    about = "What people read and agree to before they take pictures of themselves. A new version asks nobody again."
    list_display = ["__str__", "written_at", "written_by", "beginning"]
    list_select_related = ["written_by"]
    fields = ["text"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # people have agreed to it as it is

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begins a new version with the one before."""
        before = newest_text()
        return {"text": before.text if before else ""}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "text":
            options["widget"] = AdminTextareaWidget(attrs={"rows": 16})
        return super().formfield_for_dbfield(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: ConsentText, form: Any, change: bool) -> None:
        obj.pk = write_consent_text(text=obj.text, by=request.user).pk

    @admin.display(description="text")
    def beginning(self, row: ConsentText) -> str:
        return row.text[:80]
