"""Lets people whose role requires a second factor do nothing else before they have set one up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from channels.db import database_sync_to_async
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.deprecation import MiddlewareMixin

from facesite.login.second_factor import lacks_second_factor
from facesite.web.refusing import Refusal, is_of_the_api

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

SETTING_UP = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "login",
    "logout",
    "account_logout",
    "admin:logout",
}
"""Names of the pages that remain, the way out among them."""
TOLD = "Your role requires a second factor. Set one up on the page “Your account” first."


class SecondFactorMiddleware(MiddlewareMixin):
    """Leads everybody who must have a second factor and lacks it to the page where it is set up.

    It asks about the session of a request alone: a token or an API key was made by somebody who could log in.
    """

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_ROLES or _name_of(request) in SETTING_UP:
            return None
        if not lacks_second_factor(request.user, request.session):
            return None
        if is_of_the_api(request.path_info):
            return JsonResponse(Refusal(403, "second_factor_required", TOLD).envelope(), status=403)
        return redirect("mfa_index")


class SecondFactorForSockets:
    """An ASGI application for websockets, where Django's middleware does not run: refuses the same people."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        lacks = await database_sync_to_async(lacks_second_factor)(scope["user"], scope["session"])
        await (WebsocketDenier() if lacks else self._app)(scope, receive, send)


def _name_of(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""
