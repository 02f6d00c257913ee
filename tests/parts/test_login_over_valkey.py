"""Guesses of passwords and codes counted in a real Valkey, which all web processes share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache

from facesite.login.second_factor import is_right_code
from people.accounts.guesses import PER_CODE, PER_PAIR, guess_password, make_known
from people.errors import TooManyTries
from tests.facesite.login.factors import App

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def one_window(redis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(caches["default"], RedisCache)
    monkeypatch.setattr("people.base.call_counts.time", lambda: 1_800_000_000.0)


def is_let_through(_: int) -> bool:
    try:
        guess_password("ann", "192.0.2.7")
    except TooManyTries:
        return False
    return True


async def test_of_many_guesses_at_once_no_more_than_the_limit_are_looked_at() -> None:
    make_known("ann", "192.0.2.7")
    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(is_let_through, range(200))) == PER_PAIR.most


async def test_a_right_guess_is_taken_back_there_too() -> None:
    for _ in range(3 * PER_PAIR.most):
        guess_password("ann", "192.0.2.8").was_right()


@pytest.mark.django_db
def test_a_code_works_once_in_all_processes(viewer: User) -> None:
    code = App.of(viewer).code()
    assert is_right_code(viewer, code)
    assert not is_right_code(viewer, code)
    assert Authenticator.objects.get(type="totp").last_used_at
    for _ in range(PER_CODE.most - 1):
        is_right_code(viewer, "wrong")
    with pytest.raises(TooManyTries):
        is_right_code(viewer, code)
