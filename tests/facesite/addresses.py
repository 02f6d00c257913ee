"""All addresses of the site, as its URLconf names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.api import NOBODY


def addresses(fill: Mapping[str, str] | None = None) -> list[str]:
    """Returns every address, with ids that nothing has; `fill` gives the values of parameters by their names."""
    return sorted(set(_addresses(get_resolver().url_patterns, "/", fill or {})))


def _addresses(patterns: Iterable[Any], before: str, fill: Mapping[str, str]) -> Iterator[str]:
    for each in patterns:
        address = before + _filled(str(each.pattern), fill)
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
