"""Second factors of users: who has one, and taking them from somebody who has lost them."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, User

from people.accounts.granting import governed
from people.base.history import log_changed
from people.errors import WrongState


def has_second_factor(user: AbstractBaseUser | AnonymousUser) -> bool:
    """Returns whether `user` has an app or a passkey; recovery codes alone are none."""
    codes = Authenticator.Type.RECOVERY_CODES
    return bool(Authenticator.objects.filter(user_id=user.pk).exclude(type=codes).exists())


def forget_second_factors(*, user: User, by: User | None) -> int:
    """Deletes the second factors of somebody who has lost them, recovery codes too; returns how many there were.

    Nobody takes away their own in this way: the page “Your account” asks for a code before, and a stolen session has
    none. Raises WrongState then, and MayNotGovern for somebody who may do more than `by`.
    """
    if by is not None and by.pk == user.pk:
        raise WrongState("Remove your own second factor on the page “Your account”.")
    with governed(user, by=by):
        deleted, _ = Authenticator.objects.filter(user=user).delete()
        if deleted:
            log_changed(user, "Removed the second factor.", by=by)
    return int(deleted)
