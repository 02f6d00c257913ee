"""Values in the cache as plain data: whoever can write to Redis must not be able to run code here.

Django's own serializer pickles, and reading a pickle runs what it says.
"""

from __future__ import annotations

import logging
from typing import Any

import msgpack

logger = logging.getLogger(__name__)


class PlainValues:
    """A serializer for Django's Redis cache: numbers, text, bytes, truth, None, and lists and dicts of these.

    Tuples come back as lists. Anything else raises TypeError when it is written.
    """

    def dumps(self, value: Any) -> int | bytes:
        if type(value) is int:  # Redis counts with numbers that are written as such
            return value
        return bytes(msgpack.packb(value))

    def loads(self, data: bytes) -> Any:
        """Returns the value; None for bytes that are no value, as an older release or somebody else wrote them."""
        try:
            return int(data)
        except ValueError:
            pass
        try:
            return msgpack.unpackb(data)
        except (ValueError, msgpack.exceptions.UnpackException):
            logger.warning("a value in the cache is no plain data: passed over")
            return None
