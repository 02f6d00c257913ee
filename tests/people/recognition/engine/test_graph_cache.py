"""Built graphs are kept, and a damaged one heals itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from people.recognition.engine.graph_cache import cached


def test_a_graph_is_built_once(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "graph"
    assert cached(path, lambda: b"graph") == b"graph"
    assert cached(path, lambda: b"another") == b"graph"


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_a_damaged_graph_is_built_again(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "graph"
    path.write_bytes(damage)
    assert cached(path, lambda: b"graph") == b"graph"
    assert cached(path, lambda: b"another") == b"graph"


def test_one_flipped_bit_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "graph"
    cached(path, lambda: b"graph")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert cached(path, lambda: b"new graph") == b"new graph"


def test_many_at_once_agree_and_leave_no_other_file(tmp_path: Path) -> None:
    path = tmp_path / "graph"
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: cached(path, lambda: b"graph" * 100_000), range(32)))
    assert set(found) == {b"graph" * 100_000}
    assert [file.name for file in tmp_path.iterdir()] == ["graph"]


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert cached(tmp_path / "file" / "graph", lambda: b"graph") == b"graph"
