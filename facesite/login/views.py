"""The pages of the login wing that differ from django-allauth's own."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.views import LoginView as AllauthLoginView
from allauth.mfa.base.views import AuthenticateView, IndexView
from django.contrib import messages
from django.contrib.auth import logout as auth_logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from facesite.login.devices import devices_of, end_session, end_sessions_of
from facesite.login.provider import provider_name
from facesite.login.second_factor import lacks_second_factor, must_have_second_factor
from facesite.login.single_sign_on import is_connected
from people.accounts.second_factors import has_second_factor


@method_decorator([login_not_required, never_cache], name="dispatch")
class SiteLoginView(AllauthLoginView):
    """Logs in; whoever already is gets a page with a link.

    A redirect would tell other sites who is logged in: an <img> of `/login/?next=/static/…` would show a picture or
    not.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return render(request, "account/already.html", {"wanted": self.get_next_url()})
        return cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "provider_name": provider_name()}


@method_decorator([login_not_required, never_cache], name="dispatch")
class CodeView(AuthenticateView):
    """Asks for the second factor; whoever is logged in is led to the login page, for the same reason."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect("login")
        return cast(HttpResponseBase, super().dispatch(request, *args, **kwargs))


@login_not_required
@never_cache
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Deletes the session, also of somebody who has entered the password and not the second factor."""
    auth_logout(request)
    return redirect("login")


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Shows the owner of an account what can be done with it."""
    shown = {
        "has_second_factor": has_second_factor(request.user),
        "must_have_second_factor": must_have_second_factor(request.user),
        "provider_name": provider_name(),
        "is_connected": is_connected(request.user),
    }
    return render(request, "account/overview.html", shown)


def devices(request: HttpRequest) -> HttpResponse:
    """Shows where the user is logged in, and ends one of these sessions or all but this one."""
    user = cast(User, request.user)
    if request.method == "POST":
        if chosen := request.POST.get("session"):
            end_session(user, chosen)
        else:
            end_sessions_of(user, but=request.session.session_key)
            messages.success(request, "All other devices are logged out.")
        return redirect("usersessions_list")
    return render(request, "usersessions/usersession_list.html", {"sessions": devices_of(user, request)})


class SecondFactorView(IndexView):
    """Shows which second factors the user has, and says if the role requires one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lacks = lacks_second_factor(self.request.user, self.request.session)
        return {**super().get_context_data(**kwargs), "lacks_second_factor": lacks}
