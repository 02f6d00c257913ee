"""Links with which users set their own password: good once, for PASSWORD_RESET_TIMEOUT (3 days)."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from people.accounts.standing import standing_of


class Invitations(PasswordResetTokenGenerator):
    """Makes and checks the secret part of a link. It ends with a login, and with any change of password or rights.

    So nobody keeps the link of a user who later becomes an administrator.
    """

    key_salt = "people.accounts.invitations"

    def check_token(self, user: User | None, token: str | None) -> bool:
        return bool(user and user.is_active) and super().check_token(user, token)

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        now = standing_of(user)
        sees = sorted((kind, sorted(groups)) for kind, groups in now.sees.items())
        may = [now.is_active, now.is_superuser, now.is_staff, sorted(now.rights), sees]
        return f"{super()._make_hash_value(user, timestamp)} {may}"


def invitation_path(user: User) -> str:
    """Returns a new link, without scheme and host. Whoever has it can set the password of `user`."""
    return reverse("invited", args=[urlsafe_base64_encode(force_bytes(user.pk)), Invitations().make_token(user)])
