"""The admin of API tokens and second factors: it lists who has one and can delete it, but neither makes nor shows any.

Of django-allauth's own pages it takes the place: they show secrets, and let them be edited.
"""

from __future__ import annotations

from typing import Any

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401 - these register their own pages, which this module replaces
import rest_framework.authtoken.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest
from rest_framework.authtoken.models import TokenProxy

from people.accounts.granting import what_is_beyond
from people.admin.governed import Governed
from people.errors import StandsAbove

for _model in (TokenProxy, Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken, UserSession):
    admin.site.unregister(_model)


class OnlyDeleted(Governed):
    """Rows of a user that are made elsewhere, and that whoever stands no lower than the user can delete here."""

    one: str
    """How a refusal calls a row."""
    list_display_links = None
    list_select_related = ["user"]
    search_fields = ["user__username"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def why_not(self, request: HttpRequest, obj: Any) -> str:
        more = what_is_beyond(obj.user, request.user)
        return str(StandsAbove(f"{self.one} of {obj.user}", more)) if more else ""


@admin.register(TokenProxy)
class TokenAdmin(OnlyDeleted):
    about = "Who can use the API as themselves, with a token. A deleted one stops working at once."
    one = "the token"
    list_display = ["user", "created"]


@admin.register(Authenticator)
class AuthenticatorAdmin(OnlyDeleted):
    about = (
        "The second factors of users. Delete those of somebody who has lost phone and recovery codes: "
        "the next login asks for the password alone."
    )
    one = "the second factor"
    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    fields = ["user", "type", "created_at", "last_used_at"]
