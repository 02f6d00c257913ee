"""Recovers a lost password by mail, without telling anybody which addresses and names exist."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.account.views import PasswordResetFromKeyView, PasswordResetView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from people.accounts.guesses import ask_mail, make_known
from people.base.client_address import client_address

logger = logging.getLogger(__name__)
_mailer = ThreadPoolExecutor(1, thread_name_prefix="mail")


def later(work: Callable[[], object]) -> None:
    """Runs `work` in another thread, with the present request in its context; a fault of it is logged.

    A mail server takes longer than an answer without a mail, which would tell whose address is known.
    """
    _mailer.submit(copy_context().run, _guarded, work)


def _guarded(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        logger.exception("a mail for a new password could not be sent")
    finally:
        connections.close_all()


class ResetByMailForm(ResetPasswordForm):
    """Asks for an address. Whether anybody has it is only looked up in the other thread."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        later(lambda: self._send(request))
        return str(self.cleaned_data["email"])

    def _send(self, request: HttpRequest) -> None:
        self.users = users_with(self.cleaned_data["email"])
        super().save(request)


def users_with(mail: str) -> list[User]:
    """Returns who may get a link at the address `mail`, which is in lower case.

    Compares once more: the database takes some letters for equal that mail servers tell apart, such as ı and i.
    """
    found = User.objects.filter(email__iexact=mail, is_active=True)
    return [user for user in found if user.email.lower() == mail and user.has_usable_password()]


@method_decorator([login_not_required, never_cache], name="dispatch")
class ResetByMailView(PasswordResetView):
    """Sends a link that lets its reader choose a new password; says whom to ask on a site without mail."""

    form_class = ResetByMailForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "by_mail": bool(settings.EMAIL_URL), "help": settings.LOGIN_HELP}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.EMAIL_URL:
            return render(request, self.template_name, self.get_context_data(), status=404)
        return super().post(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_valid(self, form: ResetByMailForm) -> HttpResponse:
        ask_mail(client_address(self.request), form.cleaned_data["email"])
        return super().form_valid(form)  # type: ignore[no-any-return]


@method_decorator([login_not_required, never_cache], name="dispatch")
class NewPasswordView(PasswordResetFromKeyView):
    """Takes the new password from whoever has the link."""

    success_url = reverse_lazy("login")

    def form_valid(self, form: Any) -> HttpResponse:
        """Makes the place known for the name: guesses from elsewhere must not keep its owner out now."""
        make_known(self.reset_user.get_username(), client_address(self.request))
        return super().form_valid(form)  # type: ignore[no-any-return]
