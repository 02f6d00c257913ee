"""The forms of the login wing that differ from django-allauth's own."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account_forms
from allauth.core import context
from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp import forms as totp_forms
from django.contrib.auth.models import User

from people.accounts.guesses import guess_code, guess_password
from people.base.client_address import client_address


class LoginForm(account_forms.LoginForm):
    """Sends the name as `username`, as the login page always has."""

    def add_prefix(self, field_name: str) -> str:
        return "username" if field_name == "login" else str(super().add_prefix(field_name))


class ChangePasswordForm(account_forms.ChangePasswordForm):
    """Counts the present password as a guess."""

    user: User

    def clean_oldpassword(self) -> str:
        guess = guess_password(self.user.get_username(), client_address(context.request))
        password = str(super().clean_oldpassword())
        guess.was_right()
        return password


class CountedCode:
    """Counts a second-factor code as a guess of its user: mixed into forms with a field `code`."""

    user: User

    def clean_code(self) -> str:
        guess = guess_code(self.user.pk)
        parent: Any = super()
        code = str(parent.clean_code())
        guess.was_right()
        return code


class AuthenticateForm(CountedCode, code_forms.AuthenticateForm):
    """Asks for a code at the login."""


class ReauthenticateForm(CountedCode, code_forms.ReauthenticateForm):
    """Asks for a code to confirm that it is still the same person."""


class ActivateTOTPForm(CountedCode, totp_forms.ActivateTOTPForm):
    """Asks for the first code of a new app."""
