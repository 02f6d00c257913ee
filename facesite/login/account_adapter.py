"""What django-allauth asks this site about accounts: nobody signs up, and guesses are counted by our own limiter."""

from __future__ import annotations

from time import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from facesite.login.devices import end_sessions_of
from facesite.login.passwords import user_with
from facesite.login.second_factor import BY_PROVIDER
from people.base.client_address import client_address

PROVIDER_SESSION_S = 12 * 3600
"""A working day: whoever leaves a group at the provider, or the provider, is asked again within it."""
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - a value for the list of devices, nothing listens on it


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": "Name and password do not match. Upper and lower case matter in both.",
        "incorrect_password": "This is not your password.",
        "enter_current_password": "This is not your present password.",
        "incorrect_code": "This code is not right. Codes of an app change every 30 seconds, and each works once.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        return user_with(request, credentials["username"], credentials["password"])

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or NO_ADDRESS

    def is_safe_url(self, url: str) -> bool:
        """Lets a login lead only to this very host; allauth also allows every other one of ALLOWED_HOSTS."""
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=self.request.is_secure()
        )

    def is_ajax(self, request: HttpRequest) -> bool:
        """No page of ours asks for JSON, so there is no second kind of answer to guard."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        methods = {record["method"] for record in get_authentication_records(request, user)}
        if "socialaccount" in methods:
            request.session[BY_PROVIDER] = user.pk
            request.session.set_expiry(PROVIDER_SESSION_S)

    def set_password(self, user: User, password: str) -> None:
        """Sets the password and ends every other session of the user."""
        super().set_password(user, password)
        end_sessions_of(user, but=self.request.session.session_key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Takes a login of the last five minutes for a confirmation, so that nobody types a password twice in a row."""
        records = get_authentication_records(self.request, self.request.user)
        return not any(time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)
