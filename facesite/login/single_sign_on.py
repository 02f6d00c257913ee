"""The pages of single sign-on: the way to the provider, the way back, and the link on the page “Your account”."""

from __future__ import annotations

import logging

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from facesite.login.provider import OpenIDAdapter
from facesite.login.second_factor import Visitor

logger = logging.getLogger(__name__)
# What a provider can get wrong: it does not answer, answers no JSON, leaves something out, or is another one.
_ITS_FAULT = (RequestException, OAuth2Error, KeyError, ValueError)


@login_not_required
@never_cache
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Leads to the provider: to log in, or to connect the account of whoever is logged in.

    By a page that goes on by itself, as a form of ours may not lead elsewhere (web/content_policy.py). Only by POST:
    else another site could connect its own login at the provider with the account of its reader.
    """
    if not settings.OIDC_ISSUER:
        raise Http404("This site has no single sign-on.")
    process = AuthProcess.CONNECT if request.user.is_authenticated else AuthProcess.LOGIN
    try:
        provider = get_adapter().get_provider(request, settings.OIDC_ISSUER)
        answer = provider.redirect(request, process, next_url=get_next_redirect_url(request))
    except _ITS_FAULT as error:
        return _unreachable(request, error)
    return render(request, "account/going.html", {"address": answer["Location"], "name": settings.OIDC_NAME})


@login_not_required
@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Takes whoever comes back from the provider."""
    if not settings.OIDC_ISSUER:
        raise Http404("This site has no single sign-on.")
    try:
        view = OAuth2CallbackView.adapter_view(OpenIDAdapter(request, settings.OIDC_ISSUER))
        return view(request)  # type: ignore[no-any-return]
    except _ITS_FAULT as error:
        return _unreachable(request, error)


@login_not_required
@never_cache
@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    """Leads somebody who has cancelled at the provider back to the login."""
    messages.info(request, f"You did not log in at {settings.OIDC_NAME}.")
    return redirect("login")


@require_POST
@reauthentication_required(app="allauth.socialaccount")  # type: ignore[untyped-decorator]
def disconnect(request: HttpRequest) -> HttpResponse:
    """Ends the link of one's own account to the provider, if a password remains to log in with."""
    if isinstance(request.user, User) and request.user.has_usable_password():
        SocialAccount.objects.filter(user=request.user).delete()
        messages.success(request, "Your account is no longer connected.")
    return redirect("account")


def is_connected(user: Visitor) -> bool:
    """Returns whether `user` can log in by the provider of the settings."""
    return bool(SocialAccount.objects.filter(user_id=user.pk, provider=settings.OIDC_ISSUER).exists())


def _unreachable(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.warning("single sign-on: the provider failed", exc_info=error)
    return render(request, "account/provider_unreachable.html", {"name": settings.OIDC_NAME}, status=503)
