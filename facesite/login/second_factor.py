"""Second factors: who has one, who must have one, and whether a code is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User

from people.accounts.guesses import guess_code
from people.accounts.second_factors import has_second_factor

HIGHEST_ROLE = "administrator"
"""Superusers count as this role: they may do more than anybody."""
BY_PROVIDER = "login_by_provider"
"""Key of a session whose login came from the single sign-on provider."""
Visitor = AbstractBaseUser | AnonymousUser


def must_have_second_factor(user: Visitor) -> bool:
    """Returns whether `user` has one of SECOND_FACTOR_ROLES. Asks nothing of the database if there are none."""
    roles = settings.SECOND_FACTOR_ROLES
    if not roles or not isinstance(user, User):
        return False
    if user.is_superuser and HIGHEST_ROLE in roles:
        return True
    return user.groups.filter(name__in=roles).exists()


def lacks_second_factor(user: Visitor, session: Mapping[str, Any]) -> bool:
    """Returns whether `user` must set up a second factor before anything else.

    A login by the single sign-on provider counts as one, unless OIDC_COUNTS_AS_SECOND_FACTOR is off: the provider has
    rules of its own for that, and people would be asked twice.
    """
    if not must_have_second_factor(user):
        return False
    if settings.OIDC_COUNTS_AS_SECOND_FACTOR and session.get(BY_PROVIDER) == user.pk:
        return False
    return not has_second_factor(user)


def is_right_code(user: User, code: str) -> bool:
    """Returns whether `code` is one of the user's app, or a recovery code, which is used up then.

    Raises TooManyTries before it compares anything.
    """
    guess = guess_code(user.pk)
    for authenticator in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
        if authenticator.wrap().validate_code(code):
            authenticator.record_usage()
            guess.was_right()
            return True
    return False
