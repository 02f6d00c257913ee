"""The admin of API tokens: it lists who has one and can delete it, but neither makes nor shows any.

django-allauth's own pages are taken out: they show secrets, and let them be edited. What people need of them is on
“Your account” and on the page of a user.
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


@admin.register(TokenProxy)
class TokenAdmin(Governed):
    about = "Who can use the API as themselves, with a token. A deleted one stops working at once."
    list_display = ["user", "created"]
    list_display_links = None
    list_select_related = ["user"]
    search_fields = ["user__username"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def why_not(self, request: HttpRequest, obj: TokenProxy) -> str:
        more = what_is_beyond(obj.user, request.user)
        return str(StandsAbove(f"the token of {obj.user}", more)) if more else ""
