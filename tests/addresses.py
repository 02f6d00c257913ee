"""All addresses of the site, as its URLconf names them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.api import NOBODY

Fill = Callable[[str], Mapping[str, str]]
"""Says for the beginning of an address what its parameters are, by their names."""


def addresses(fill: Fill = lambda address: {}) -> list[str]:
    """Returns every address; a parameter that `fill` does not name is an id that nothing has."""
    return sorted(set(_addresses(get_resolver().url_patterns, "/", fill)))


def _addresses(patterns: Iterable[Any], before: str, fill: Fill) -> Iterator[str]:
    for each in patterns:
        pattern = str(each.pattern)
        address = before + _filled(pattern, fill(before + pattern))
        if isinstance(each, URLResolver):
            yield from _addresses(each.url_patterns, address, fill)
        else:
            assert isinstance(each, URLPattern)
            yield address


def _filled(pattern: str, fill: Mapping[str, str]) -> str:
    """Returns an address that the pattern matches, whether it is a route or a regular expression."""
    text = pattern.replace("^", "").replace("\\Z", "").replace("$", "")
    for name, value in fill.items():
        text = re.sub(rf"<\w+:{name}>|\(\?P<{name}>[^)]*\)", value, text)
    text = re.sub(r"<uuid:\w+>", NOBODY, text)
    text = re.sub(r"\(\?P<\w+>[^)]*\)[*+]?|\([^)]*\)\??", "1", text)
    return re.sub(r"<\w+:\w+>|<\w+>", "1", text).replace("/?", "/").replace("\\", "")
