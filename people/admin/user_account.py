"""A user's account in words, for the page of the user: last login, password, token, keys, and what they see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from rest_framework.authtoken.models import Token

from people.accounts.api_key import ApiKey
from people.accounts.limits import limit_kinds, limits_of
from people.accounts.second_factors import has_second_factor


@dataclass(frozen=True, slots=True)
class Account:
    """The account of `user`, as `looker` may read it."""

    user: User
    looker: User
    may_change: bool

    @property
    def last_login(self) -> str:
        return last_login_in_words(self.user)

    @property
    def password(self) -> str:
        return "set" if self.user.has_usable_password() else "not set yet"

    @property
    def sees(self) -> SafeString:
        return seen_in_words(self.user, self.looker)

    @property
    def has_second_factor(self) -> bool:
        return has_second_factor(self.user)

    @property
    def has_token(self) -> bool:
        return Token.objects.filter(user=self.user).exists()

    @property
    def may_read_keys(self) -> bool:
        return self.looker.has_perm("people.view_apikey")

    @property
    def may_revoke_keys(self) -> bool:
        return self.may_change and self.looker.has_perm("people.change_apikey")

    @property
    def keys(self) -> Iterable[ApiKey]:
        return self.user.api_keys.all() if self.may_read_keys else ()


def last_login_in_words(user: User) -> str:
    return str(naturaltime(user.last_login)) if user.last_login else "never"


def seen_in_words(user: User, looker: User) -> SafeString:
    """Returns which people and cameras `user` sees, with links to the groups that `looker` may open.

    Reads the limits that the admin's list has prefetched. A limited looker reads of no other groups than their own.
    """
    if user.is_superuser:
        return format_html("{}", "everything")
    return format_html_join("; ", "{}", ((_kind(user, looker, kind),) for kind in limit_kinds()))


def _kind(user: User, looker: User, kind: str) -> str:
    """Returns "all people", or "people in Staff, Guests"."""
    group: Any = limit_kinds()[kind].group.field.related_model
    members = str(group._meta.many_to_many[0].related_model._meta.verbose_name_plural)
    limits = [limit.group for limit in getattr(user, kind).all()]
    if not limits:
        return f"all {members}"
    own = limits_of(looker, limit_kinds()[kind])
    known = [each for each in limits if not own or any(each.pk in groups for groups in own)]
    may_open = not own and looker.has_perm(f"{group._meta.app_label}.view_{group._meta.model_name}")
    names = [_link(each) if may_open else each.name for each in known]
    hidden = ["groups that you do not see"] if len(known) < len(limits) else []
    return format_html("{} in {}", members, format_html_join(", ", "{}", ((name,) for name in [*names, *hidden])))


def _link(group: Any) -> SafeString:
    url = reverse(f"admin:{group._meta.app_label}_{group._meta.model_name}_change", args=[group.pk])
    return format_html('<a href="{}">{}</a>', url, group.name)
