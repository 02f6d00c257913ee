"""Answers a script that sends a form with pictures, so that the pictures outlive an error in the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:  # a mixin at run time
    Base = object

HEADER = "X-Kept-Form"


class KeptForm(Base):
    """Mixin for a ModelAdmin whose form has files: a browser shows none of them again, when the form comes back."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Tells a script where to go: a redirect that it followed itself would use up the messages."""
        answer = super().changeform_view(request, object_id, form_url, extra_context)
        if answer.status_code == 302 and HEADER in request.headers:
            return JsonResponse({"location": answer["Location"]})
        return answer
