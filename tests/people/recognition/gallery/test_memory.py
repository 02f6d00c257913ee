"""Memory for faces: others can read it if they are given it, nobody else, and nobody but its maker can write."""

from __future__ import annotations

import gc
import mmap
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from people.recognition.gallery.memory import Memory

linux = pytest.mark.skipif(sys.platform != "linux", reason="memfd is Linux's")


@pytest.fixture(params=["in memory", "in a file"])
def memory(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Memory:
    if request.param == "in a file":
        monkeypatch.delattr(os, "memfd_create", raising=False)
    made = Memory(1 << 20)
    made.array(4096, (2, 3), np.float32)[:] = 7
    return made


def test_whoever_is_given_it_reads_it_and_sees_what_is_written_later(memory: Memory) -> None:
    read = Memory.opened(os.dup(memory.handle)).array(4096, (2, 3), np.float32)
    assert (read == 7).all()
    memory.array(4096, (2, 3), np.float32)[1, 1] = 8
    assert read[1, 1] == 8
    with pytest.raises(ValueError, match="read-only"):
        read[0, 0] = 1


def test_it_has_no_name(memory: Memory) -> None:
    assert os.fstat(memory.handle).st_nlink == 0
    assert not os.get_inheritable(memory.handle)


@linux
def test_whoever_is_given_it_cannot_write_it() -> None:
    memory = Memory(4096)
    with pytest.raises(PermissionError):
        mmap.mmap(memory.handle, 4096)
    with pytest.raises(PermissionError):
        os.ftruncate(memory.handle, 0)
    with pytest.raises(PermissionError):
        os.write(memory.handle, b"x")


@linux
def test_it_is_gone_with_the_last_who_uses_it() -> None:
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))
    memory = Memory(4096)
    read = Memory.opened(os.dup(memory.handle)).array(0, (4,), np.uint8)
    del memory
    assert (read == 0).all()
    del read
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@linux
def test_what_is_not_written_takes_no_memory() -> None:
    memory = Memory(1 << 40)
    memory.array(1 << 39, (1,), np.uint8)[0] = 1
    assert os.fstat(memory.handle).st_blocks * 512 <= 1 << 21
