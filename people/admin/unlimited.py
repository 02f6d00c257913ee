"""Pages that tell of everybody: whoever is limited finds them neither on the index nor at their addresses."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern

from people.admin.pages import ExtraPages
from people.limits import person_limits

WHY = "This page tells of everybody in the gallery, and you see some groups of people only."


class ForTheUnlimited(ExtraPages):
    """A model's admin whose every page is refused to limited users, with a sentence."""

    def get_urls(self) -> list[URLPattern]:
        urls = super().get_urls()
        for url in urls:
            url.callback = _refused_to_the_limited(url.callback)
        return urls

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """What the index asks for."""
        rights = super().get_model_perms(request)
        return dict.fromkeys(rights, False) if is_limited(request) else rights


def is_limited(request: HttpRequest) -> bool:
    """Whether a logged in user sees some groups of people only."""
    return request.user.is_authenticated and bool(person_limits(request.user))


def _refused_to_the_limited(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if is_limited(request):
            raise PermissionDenied(WHY)
        return view(request, *args, **named)

    return guarded
