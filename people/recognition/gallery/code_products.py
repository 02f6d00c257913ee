"""Multiplies a few probes with the many 8-bit codes of a gallery, in whole numbers.

numpy multiplies whole numbers one at a time. ONNX Runtime stores a constant matrix in the order in which the processor
multiplies it, so a product reads each code once and copies none.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from people.recognition.engine.runtime import session

CODE_STEPS = 127
"""Codes go from -127 to 127."""
STEPS, FINE_STEPS = 63, 127
"""Probes go from -63 to 63, which is right on every processor, or to 127 if the processor has VNNI. Without VNNI
pairs of products are added in 16 bits: (63 + 64) x 127 x 2 is just below 2 ** 15."""
TRIED_WIDTH = 128


class CodeProducts:
    """Multiplies with (width, n) `codes`; keeps them in 8 bits and 4 bytes a column, but not the array itself."""

    def __init__(self, codes: NDArray[np.int8], probe_steps: int) -> None:
        self._zero = probe_steps + 1
        """Added to the probes, because the graph takes them without a sign."""
        self._session = session(graph(codes, self._zero))

    def of(self, probes: NDArray[np.float32]) -> NDArray[np.int32]:
        """Returns the (p, n) products of `probes`: (p, width) whole numbers from -probe_steps to probe_steps."""
        (products,) = self._session.run(None, {"probes": (probes + self._zero).astype(np.uint8)})
        return np.asarray(products, np.int32)


@cache
def finest_probe_steps() -> int:
    """Returns FINE_STEPS if this processor multiplies the largest numbers without loss, else STEPS."""
    products = CodeProducts(np.full((TRIED_WIDTH, 16), CODE_STEPS, np.int8), FINE_STEPS)
    found = products.of(np.full((1, TRIED_WIDTH), FINE_STEPS, np.float32))
    return FINE_STEPS if (found == TRIED_WIDTH * CODE_STEPS * FINE_STEPS).all() else STEPS


def graph(codes: NDArray[np.int8], zero: int) -> bytes:
    """Returns the ONNX model `products = MatMulInteger(probes, codes, zero)`, which holds the last two.

    It is written byte by byte as protobuf lays it out, because importing onnx costs a child 40 MB.
    """
    width, count = (b"\x08" + _varint(size) for size in codes.shape)
    raw = np.ascontiguousarray(codes).data.cast("B")
    inside = [
        *_field(1, b"\n\x06probes\n\x05codes\n\x04zero\x12\x08products", *_field(4, b"MatMulInteger")),
        *_field(2, b"coarse"),
        *_field(5, width, count, b"\x10\x03", *_field(8, b"codes"), *_field(9, raw)),  # 3: int8
        *_field(5, b"\x10\x02", *_field(8, b"zero"), *_field(9, bytes([zero]))),  # 2: uint8
        *_tensor(11, b"probes", 2, width),
        *_tensor(12, b"products", 6, count),  # 6: int32
    ]
    return b"".join([b"\x08\x08", *_field(7, *inside), *_field(8, b"\x10\x0d")])  # format 8, operators 13


_Bytes = bytes | memoryview


def _tensor(number: int, name: bytes, kind: int, size: bytes) -> list[_Bytes]:
    """Encodes an input or output of the graph, of shape ("p", `size`) with any number of probes p."""
    shape = [*_field(1, *_field(2, b"p")), *_field(1, size)]
    return _field(number, *_field(1, name), *_field(2, *_field(1, b"\x08" + _varint(kind), *_field(2, *shape))))


def _field(number: int, *content: _Bytes) -> list[_Bytes]:
    """Encodes a field that holds bytes or another message: number and kind, length, content."""
    return [_varint(number << 3 | 2), _varint(sum(map(len, content))), *content]


def _varint(value: int) -> bytes:
    """Encodes seven bits at a time, the lowest first; the eighth bit marks every byte but the last."""
    groups = [value >> shift & 127 | 128 for shift in range(0, max(value.bit_length(), 1), 7)]
    return bytes([*groups[:-1], groups[-1] & 127])
