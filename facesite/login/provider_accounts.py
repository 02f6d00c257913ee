"""Whom the single sign-on provider lets in, under which name, and in which roles."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from facesite.login.errors import NotLetIn
from facesite.login.provider import the_app
from people.accounts.changing_users import save_user

logger = logging.getLogger(__name__)
_NOT_IN_NAMES = re.compile(r"[^\w.@+-]")
LONGEST_NAME = 150


class ProviderAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False  # accounts of people whom OIDC_ROLES lets in are made below

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Returns the provider of the settings; rows of the database are no way to add another."""
        app = the_app()
        if app is None or provider not in (None, app.provider, app.provider_id):
            return []
        return [app] if client_id in (None, app.client_id) else []

    def can_authenticate_by_email(self, login: SocialLogin, email: str) -> bool:
        """Links nobody by mail: whoever may set addresses at the provider would become anybody here."""
        return False

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("account")

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Makes the account of somebody new, and brings the roles up to the provider's groups."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        told = sociallogin.account.extra_data
        try:
            with transaction.atomic():
                if not sociallogin.is_existing:
                    sociallogin.connect(request, new_user(told))
                follow_groups(sociallogin.user, told["groups"])
        except NotLetIn as refusal:
            logger.warning("single sign-on does not let %s in: %s", told["sub"], refusal)
            page = render(request, "account/not_let_in.html", {"told": str(refusal)}, status=403)
            raise ImmediateHttpResponse(page) from refusal

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        logger.warning("single sign-on failed: %s %s", error, exception or "")


def new_user(told: dict[str, Any]) -> User:
    """Makes the account of somebody whom the provider has told of. Raises NotLetIn.

    Nobody gets an account whose groups give no role: at some providers everybody in the world has a login.
    """
    name = name_of(told)
    if not roles_of(told["groups"]):
        raise NotLetIn(f"None of your groups at {settings.OIDC_NAME} has a role on this site.")
    if User.objects.filter(username__iexact=name).exists():
        raise NotLetIn(
            f"There is already an account “{name}” here. If it is yours, log in with its password and connect it on "
            "the page “Your account”."
        )
    user = User(username=name, first_name=str(told.get("given_name", ""))[:150])
    user.last_name = str(told.get("family_name", ""))[:150]
    user.email = str(told.get("email", ""))[:254] if told.get("email_verified") is True else ""
    user.set_unusable_password()
    return save_user(user=user, by=None)


def follow_groups(user: User, groups: Iterable[str]) -> None:
    """Gives the roles that `groups` have in OIDC_ROLES, and takes the others that it names. Never makes superusers.

    Who has no password here has only the provider's word, so the way into the admin comes and goes with the roles.
    """
    due, known = roles_of(groups), set(settings.OIDC_ROLES.values())
    held, found = set(user.groups.all()), Group.objects.filter(name__in=known)
    if missing := due - {group.name for group in found}:
        logger.warning("OIDC_ROLES gives roles that this site has deleted or renamed: %s", ", ".join(sorted(missing)))
    wanted = {group for group in held if group.name not in known} | {group for group in found if group.name in due}
    is_staff = user.is_staff if user.has_usable_password() else bool(due)
    if (wanted, is_staff) != (held, user.is_staff):
        user.is_staff = is_staff
        save_user(user=user, by=None, groups=wanted)


def roles_of(groups: Iterable[str]) -> set[str]:
    """Returns the roles that OIDC_ROLES gives to `groups`."""
    return {role for group, role in settings.OIDC_ROLES.items() if group in set(groups)}


def name_of(told: dict[str, Any]) -> str:
    """Returns a name for the account: the provider's, else the subject, in letters that names may have."""
    return _NOT_IN_NAMES.sub("-", str(told.get("preferred_username") or told["sub"]))[:LONGEST_NAME]
