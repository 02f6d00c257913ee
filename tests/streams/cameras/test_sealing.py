"""Passwords at rest."""

from __future__ import annotations

from typing import Any

import pytest

from streams.cameras.sealing import resealed, seal, unseal
from streams.errors import SealBroken


def test_what_is_sealed_is_opened_and_cannot_be_read() -> None:
    token = seal("hünter2 ")
    assert unseal(token) == "hünter2 "
    assert "hünter2" not in token and seal("hünter2 ") != token
    assert seal("") == unseal("") == ""


def test_old_keys_open_and_the_newest_seals(settings: Any) -> None:
    before = seal("hunter2")
    settings.CAMERA_KEYS = ["b" * 40, "a" * 40]
    again = resealed(before)
    settings.CAMERA_KEYS, settings.SECRET_KEY = ["b" * 40], "c" * 50
    assert unseal(again) == "hunter2"
    with pytest.raises(SealBroken, match="enter it again"):
        unseal(before)


def test_a_changed_secret_key_keeps_opening_as_a_fallback(settings: Any) -> None:
    token = seal("hunter2")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "c" * 50
    assert unseal(token) == "hunter2"


@pytest.mark.parametrize("token", ["x", "gAAAAA", "ü"])
def test_damage_is_said_in_words(token: str) -> None:
    with pytest.raises(SealBroken):
        unseal(token)
