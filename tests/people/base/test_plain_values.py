"""What lies in the cache is plain data: it comes back as it was, and nothing that it says is run."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache

from facesite.connections import redis_caches
from people.base.plain_values import PlainValues

NUMBERS = [0, -1, 2**40, 1.5, True, False]
TEXTS = ["", "añ\n", "12", b"", b"\x00\xff", b"12"]
VALUES = [*NUMBERS, *TEXTS, None, [], [1, "a", b"b"], {"a": [1.5]}]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_values_come_back_as_they_were(value: Any) -> None:
    written = PlainValues().dumps(value)
    back = PlainValues().loads(written if isinstance(written, bytes) else str(written).encode())
    assert back == value and type(back) is type(value)


def test_a_tuple_comes_back_as_a_list() -> None:
    assert PlainValues().loads(PlainValues().dumps((1, "a"))) == [1, "a"]  # type: ignore[arg-type]


class Planted:
    """A value that makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_planted_pickle_runs_nothing(tmp_path: Path, protocol: int) -> None:
    folder = tmp_path / "made"
    data = pickle.dumps(Planted(folder), protocol)
    PlainValues().loads(data)
    assert not folder.exists()
    pickle.loads(data)
    assert folder.exists()  # it would have


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\xdd\xff\xff\xff\xff", b"\x92\x01", b"\xa5abc", b"\xd9"])
def test_damaged_values_are_not_there(data: bytes) -> None:
    assert PlainValues().loads(data) is None


@pytest.mark.parametrize("value", [{1, 2}, object(), Path("x")], ids=lambda value: type(value).__name__)
def test_what_is_no_plain_data_is_not_written(value: Any) -> None:
    with pytest.raises(TypeError):
        PlainValues().dumps(value)


def test_the_site_s_cache_in_redis_uses_it() -> None:
    settings = redis_caches("redis://127.0.0.1:1/0")["default"]
    cache: Any = RedisCache(settings["LOCATION"], {"OPTIONS": settings["OPTIONS"]})
    assert isinstance(cache._cache._serializer, PlainValues)
