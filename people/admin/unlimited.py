"""The base of admin pages about everybody, which limited users find neither on the index nor by address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern

from people.admin.pages import ExtraPages
from people.records.groups import person_limits


class ForTheUnlimited(ExtraPages):
    """A model's admin that refuses every page to limited users, with the sentence `why`."""

    why = "This page shows everybody in the gallery, and you may see only some groups of people."

    def limits_of(self, user: Any) -> object:
        """Returns a truthy value if `user` is limited."""
        return person_limits(user)

    def get_urls(self) -> list[URLPattern]:
        urls = super().get_urls()
        for url in urls:
            url.callback = self._refused_to_the_limited(url.callback)
        return urls

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuses limited users also where no page of ours is asked: suggestions for fields of other forms."""
        return super().has_view_permission(request, obj) and not self._is_limited(request)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Hides the model on the index from limited users."""
        rights = super().get_model_perms(request)
        return dict.fromkeys(rights, False) if self._is_limited(request) else rights

    def _is_limited(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and bool(self.limits_of(request.user))

    def _refused_to_the_limited(self, view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
            if self._is_limited(request):
                raise PermissionDenied(self.why)
            return view(request, *args, **named)

        return guarded
