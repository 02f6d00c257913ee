"""The login of a site that was started without one."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User

from facesite.embedded.first_administrator import first_administrator

pytestmark = pytest.mark.django_db


def test_it_may_do_everything_and_its_password_is_told_once() -> None:
    password = first_administrator("admin")
    assert password and len(password) >= 16
    user = authenticate(username="admin", password=password)
    assert isinstance(user, User) and user.is_superuser
    assert first_administrator("admin") is None


def test_a_site_with_users_gets_no_other(viewer: User) -> None:
    assert first_administrator("admin") is None
    assert User.objects.get() == viewer
