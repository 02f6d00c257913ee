"""Multiplies the many 8-bit codes of a gallery with a few probes, in whole numbers, where the codes lie.

numpy multiplies whole numbers one at a time; ONNX Runtime is bound by the memory that it reads. The codes are an input
of its graph: a constant would be a private copy in each camera's child, and all children map one gallery.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.runtime import session

CODE_STEPS = 127
"""Codes go from -127 to 127."""
ZERO = 128
"""Added to the codes, because the graph takes them without a sign."""
STEPS, FINE_STEPS = 63, 127
"""Probes go from -63 to 63, which is right on every processor, or to 127 if the processor has VNNI. Without VNNI
pairs of products are added in 16 bits: (127 + 128) x 63 x 2 is below 2 ** 15."""
SLAB = 128
"""Numbers of a code that lie together. Rows of 256 are multiplied more slowly than twice 128: one probe among 295,000
in 13.7 and in 8.7 ms of processor time."""

Codes = Sequence[NDArray[np.uint8]]
"""Slabs of (n, at most SLAB) each: beside each other they are the (n, width) codes, plus ZERO."""
Integers = NDArray[np.int32]


def products(codes: Codes, probes: NDArray[np.float32]) -> Integers:
    """Returns the (p, n) products of the codes and `probes`: (p, width) whole numbers within ± probe steps."""
    multiply, found, start = _session(), None, 0
    for slab in codes:
        some = np.ascontiguousarray(probes[:, start : start + slab.shape[1]].T, np.int8)
        (part,) = multiply.run(None, {"codes": slab, "probes": some})
        found = part if found is None else np.add(found, part, out=found)
        start += slab.shape[1]
    # One after the other: searching along the rows of (n, p) takes longer than turning it.
    return np.ascontiguousarray(np.asarray(found, np.int32).T)


@cache
def finest_probe_steps() -> int:
    """Returns FINE_STEPS if this processor multiplies the largest numbers without loss, else STEPS."""
    found = products([np.full((16, SLAB), ZERO + CODE_STEPS, np.uint8)], np.full((1, SLAB), FINE_STEPS, np.float32))
    return FINE_STEPS if (found == SLAB * CODE_STEPS * FINE_STEPS).all() else STEPS


@cache
def _session() -> Any:
    return session(graph())


def graph() -> bytes:
    """Returns the ONNX model `products = MatMulInteger(codes, probes, ZERO)`.

    It is written byte by byte as protobuf lays it out, because importing onnx costs a child 40 MB.
    """
    inside = [
        *_field(1, b"\n\x05codes\n\x06probes\n\x04zero\x12\x08products", *_field(4, b"MatMulInteger")),
        *_field(2, b"coarse"),
        *_field(5, b"\x10\x02", *_field(8, b"zero"), *_field(9, bytes([ZERO]))),  # 2: uint8
        *_tensor(11, b"codes", 2, b"n", b"w"),
        *_tensor(11, b"probes", 3, b"w", b"p"),  # 3: int8
        *_tensor(12, b"products", 6, b"n", b"p"),  # 6: int32
    ]
    return b"".join([b"\x08\x08", *_field(7, *inside), *_field(8, b"\x10\x0d")])  # format 8, operators 13


def _tensor(number: int, name: bytes, kind: int, *sizes: bytes) -> list[bytes]:
    """Encodes an input or output of the graph, whose sizes have names."""
    shape = [piece for size in sizes for piece in _field(1, *_field(2, size))]
    return _field(number, *_field(1, name), *_field(2, *_field(1, b"\x08" + bytes([kind]), *_field(2, *shape))))


def _field(number: int, *content: bytes) -> list[bytes]:
    """Encodes a field of less than 128 bytes of content, or the graph: number and kind, length, content."""
    return [bytes([number << 3 | 2]), _varint(sum(map(len, content))), *content]


def _varint(value: int) -> bytes:
    """Encodes seven bits at a time, the lowest first; the eighth bit marks every byte but the last."""
    groups = [value >> shift & 127 | 128 for shift in range(0, max(value.bit_length(), 1), 7)]
    return bytes([*groups[:-1], groups[-1] & 127])
