"""Every test of the login wing begins without guesses, in a window of time that does not end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_guesses_yet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("people.base.call_counts.time", lambda: 1_800_000_000.0)
    cache.clear()
    yield
    cache.clear()
