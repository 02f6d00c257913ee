"""The page behind a link of invitations.py, where users set their own password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse_lazy

from people.accounts.changing_users import set_password
from people.accounts.invitations import Invitations


class Invited(PasswordResetConfirmView):
    """Django's page for a new password: it moves the secret from the address into the session at once."""

    template_name = "registration/invited.html"
    token_generator = Invitations()
    success_url = reverse_lazy("login")

    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        user: Any = self.user
        set_password(user=user, password=form.cleaned_data["new_password1"], by=user)
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        messages.success(self.request, f"Your password is set. Log in as {user.get_username()}.")
        return HttpResponseRedirect(str(self.success_url))
