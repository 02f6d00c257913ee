"""Checks a name and a password, for the login page and the API's token alike."""

from __future__ import annotations

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest

from people.accounts.guesses import guess_password, make_known
from people.base.client_address import client_address


def user_with(request: HttpRequest, name: str, password: str) -> User | None:
    """Returns the active user with this name and password, or None. Raises TooManyTries before it hashes anything.

    Django's backend hashes for an unknown name, an inactive user and a user without a password as well, so the time
    of the answer tells nothing.
    """
    guess = guess_password(name, client_address(request))
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        return None
    guess.was_right()
    make_known(name, client_address(request))
    return user
