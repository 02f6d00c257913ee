"""Memory that other processes can map, without a name: it is gone with the last process that has it.

It is a file in memory (memfd). It needs no place on a disk, where faces must not lie, and none in /dev/shm, of which a
pod has 64 MB; it counts as memory of the pod. Where the system has none (macOS), it is a temporary file that nobody
else may read and that is removed at once.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
import weakref
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

_FUTURE_WRITE = 0x10
"""F_SEAL_FUTURE_WRITE: whoever opens it from now on may only read. Linux has it since 5.1, Python's fcntl has not."""


class Memory:
    """`size` bytes, zero at first, which take place only where something was written. Only its maker can write."""

    def __init__(self, size: int) -> None:
        self.handle = _nameless_file()
        weakref.finalize(self, os.close, self.handle)
        os.ftruncate(self.handle, size)
        self._map = mmap.mmap(self.handle, size)
        with suppress(OSError, AttributeError):
            fcntl.fcntl(self.handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | _FUTURE_WRITE)

    @classmethod
    def opened(cls, handle: int) -> Memory:
        """Maps another process's memory, for reading. `handle` is ours from now on."""
        memory = cls.__new__(cls)
        memory.handle = handle
        weakref.finalize(memory, os.close, handle)
        memory._map = mmap.mmap(handle, os.fstat(handle).st_size, prot=mmap.PROT_READ)
        return memory

    def array(self, at: int, shape: tuple[int, ...], kind: DTypeLike) -> NDArray[Any]:
        """Returns the numbers from byte `at` on; the array keeps the memory mapped."""
        count = int(np.prod(shape))
        return np.frombuffer(self._map, kind, count, at).reshape(shape)


def _nameless_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("gallery", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
