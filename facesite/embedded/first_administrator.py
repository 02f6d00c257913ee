"""The first login of a site that was started without one."""

from __future__ import annotations

from secrets import token_urlsafe

from django.contrib.auth.models import User


def first_administrator(name: str) -> str | None:
    """Makes the superuser `name` if the site has no user; returns the password, which is kept nowhere, or None."""
    if User.objects.exists():
        return None
    password = token_urlsafe(12)
    User.objects.create_superuser(name, password=password)
    return password
