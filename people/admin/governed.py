"""The base of admin pages that change who may do what: a refusal is a page with the reason, never half a change."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from people.admin.pages import ExtraPages
from people.errors import MayNotGovern


class Governed(ExtraPages):
    """Shows rows that the user may not change as they are, with the sentence why, and answers 403 to forged forms.

    The services hold the rule (people/accounts/granting.py); these pages only ask it beforehand and show its answer.
    """

    def why_not(self, request: HttpRequest, obj: Any) -> str:
        """Returns why `obj` cannot be changed by the user of `request`, as a sentence; "" if it can."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not self._known(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_delete_permission(request, obj)
        return may and (obj is None or not self.why_not_delete(request, obj))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        obj = self.get_object(request, object_id) if object_id else None
        why = self._known(request, obj) if super().has_view_or_change_permission(request, obj) else ""
        if why and request.method == "POST":
            raise PermissionDenied(why)
        try:
            return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "why_not": why})
        except MayNotGovern as refused:
            raise PermissionDenied(str(refused)) from None

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        obj = self.get_object(request, object_id)
        may = obj is not None and super().has_delete_permission(request, obj)
        if may and (why := self.why_not_delete(request, obj)):
            raise PermissionDenied(why)
        try:
            return super().delete_view(request, object_id, extra_context)
        except MayNotGovern as refused:
            raise PermissionDenied(str(refused)) from None

    def why_not_delete(self, request: HttpRequest, obj: Any) -> str:
        """Returns why `obj` cannot be deleted. Override it where rows that can be changed must not be deleted."""
        return self.why_not(request, obj)

    def governed_row(self, request: HttpRequest, pk: object) -> Any:
        """Returns a row that the user may change. Raises Http404, or PermissionDenied with the reason."""
        obj = self.get_object(request, str(pk))
        if obj is None:
            raise Http404(f"no such {self.opts.verbose_name}")
        if not super().has_change_permission(request, obj):
            raise PermissionDenied
        if why := self._known(request, obj):
            raise PermissionDenied(why)
        return obj

    def _known(self, request: HttpRequest, obj: Any) -> str:
        """Returns `why_not`, asked once for each row that was read: Django asks for permissions a dozen times."""
        if obj is None or obj.pk is None:
            return ""
        if not hasattr(obj, "_why_not"):
            obj._why_not = self.why_not(request, obj)
        why: str = obj._why_not
        return why


def user_of(request: HttpRequest) -> User:
    """Returns the user of a request to the admin, which lets in nobody else."""
    return cast(User, request.user)
