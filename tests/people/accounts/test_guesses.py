"""Guesses of passwords and codes: strangers have to wait, and nobody shuts a known person out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from people.accounts.guesses import (
    PER_ADDRESS,
    PER_CODE,
    PER_NAME,
    PER_PAIR,
    guess_code,
    guess_password,
    make_known,
)
from people.errors import TooManyTries

HOME, ELSEWHERE = "192.0.2.7", "198.51.100.9"


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    cache.clear()
    clock = Clock()
    monkeypatch.setattr("people.base.call_counts.time", clock)
    yield clock
    cache.clear()


def guess_wrong(name: str, address: str, times: int = 1) -> None:
    for _ in range(times):
        guess_password(name, address)


def test_one_machine_tries_one_name_ten_times() -> None:
    guess_wrong("ann", ELSEWHERE, PER_PAIR.most)
    with pytest.raises(TooManyTries):
        guess_password("ann", ELSEWHERE)
    guess_password("bob", ELSEWHERE)


def test_one_machine_that_tries_many_names_has_to_wait() -> None:
    for number in range(PER_ADDRESS.most):
        guess_password(f"name{number}", ELSEWHERE)
    with pytest.raises(TooManyTries):
        guess_password("another", ELSEWHERE)
    guess_password("another", HOME)


def test_many_machines_that_try_one_name_have_to_wait() -> None:
    for number in range(PER_NAME.most):
        guess_password("ann", f"198.51.100.{number}")
    with pytest.raises(TooManyTries):
        guess_password("ann", HOME)


def test_who_has_logged_in_there_before_is_not_shut_out_by_guesses_from_elsewhere() -> None:
    make_known("ann", HOME)
    for number in range(PER_NAME.most):
        guess_password("ann", f"198.51.100.{number}")
    guess_password("Ann ", HOME).was_right()


def test_who_has_logged_in_there_before_is_not_shut_out_by_neighbours_behind_the_same_address() -> None:
    make_known("ann", HOME)
    for number in range(PER_ADDRESS.most):
        guess_password(f"name{number}", HOME)
    guess_password("ann", HOME).was_right()


def test_even_a_known_place_may_guess_only_so_often() -> None:
    make_known("ann", HOME)
    guess_wrong("ann", HOME, PER_PAIR.most)
    with pytest.raises(TooManyTries):
        guess_password("ann", HOME)


def test_a_right_password_does_not_count() -> None:
    for _ in range(3 * PER_NAME.most):
        guess_password("ann", HOME).was_right()


def test_a_right_password_of_ones_own_does_not_free_guesses_for_others() -> None:
    guess_wrong("ann", ELSEWHERE, PER_PAIR.most - 1)
    guess_password("mallory", ELSEWHERE).was_right()
    guess_password("ann", ELSEWHERE)
    with pytest.raises(TooManyTries):
        guess_password("ann", ELSEWHERE)


def test_tries_of_an_address_that_has_to_wait_use_up_no_tries_of_a_name() -> None:
    for number in range(PER_ADDRESS.most):
        guess_password(f"name{number}", ELSEWHERE)
    for _ in range(PER_PAIR.most):
        with pytest.raises(TooManyTries):
            guess_password("ann", ELSEWHERE)
    for number in range(PER_NAME.most):
        guess_password("ann", f"203.0.113.{number}")


def test_the_wait_ends(clock: Clock) -> None:
    guess_wrong("ann", ELSEWHERE, PER_PAIR.most)
    with pytest.raises(TooManyTries) as refusal:
        guess_password("ann", ELSEWHERE)
    assert "10 minutes" in str(refusal.value)
    clock.now += refusal.value.retry_after_s
    guess_password("ann", ELSEWHERE)


def test_a_right_guess_that_outlasts_its_window_changes_nothing(clock: Clock) -> None:
    guess = guess_password("ann", HOME)
    clock.now += PER_PAIR.window_s
    cache.clear()
    guess.was_right()
    guess_wrong("ann", HOME, PER_PAIR.most)
    with pytest.raises(TooManyTries):
        guess_password("ann", HOME)


def test_all_addresses_of_one_ipv6_network_count_as_one() -> None:
    for number in range(PER_PAIR.most):
        guess_password("ann", f"2001:db8:1:1::{number:x}")
    with pytest.raises(TooManyTries):
        guess_password("ann", "2001:db8:1:1:ffff::1")
    guess_password("ann", "2001:db8:1:2::1")


@pytest.mark.parametrize("address", ["", "unknown", "not an address\r\n" * 99])
def test_an_unreadable_address_is_counted_as_it_stands(address: str) -> None:
    guess_wrong("ann", address, PER_PAIR.most)
    with pytest.raises(TooManyTries):
        guess_password("ann", address)


def test_codes_are_counted_by_their_user() -> None:
    for _ in range(PER_CODE.most):
        guess_code(1)
    with pytest.raises(TooManyTries):
        guess_code(1)
    guess_code(2).was_right()
