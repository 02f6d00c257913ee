"""Limits of a person's metadata: a small JSON object of an organisation's own, which facesite never interprets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any

from django.core.exceptions import ValidationError

MOST_KEYS = 20
KEY_LENGTH = 50
MOST_BYTES = 4096
DEEPEST = 3
"""{"a": {"b": ["c"]}} is 3 deep."""


def check_metadata(metadata: object) -> None:
    """Raises ValidationError with the first fault."""
    if not isinstance(metadata, dict):
        raise ValidationError("Expected an object: names with values.", code="not_an_object")
    if fault := next(_faults(metadata), None):
        raise ValidationError(fault, code="bad_metadata")


def fits(metadata: dict[str, Any]) -> bool:
    return next(_faults(metadata), None) is None


def _faults(metadata: dict[str, Any]) -> Iterator[str]:
    if len(metadata) > MOST_KEYS:
        yield f"At most {MOST_KEYS} names."
    for name, value in metadata.items():
        if not 1 <= len(name) <= KEY_LENGTH or not name.isprintable():
            yield f"Each name has 1 to {KEY_LENGTH} printable characters."
        yield from _faults_of(value, 2)
    if len(json.dumps(metadata)) > MOST_BYTES:  # dumps writes ASCII only, so characters are bytes
        yield f"At most {MOST_BYTES} bytes of JSON."


def _faults_of(value: object, depth: int) -> Iterator[str]:
    match value:
        case dict() | list() if depth > DEEPEST:
            yield f"At most {DEEPEST} levels."
        case dict():
            for name, inner in value.items():
                yield from _faults_of(name, depth + 1)
                yield from _faults_of(inner, depth + 1)
        case list():
            for inner in value:
                yield from _faults_of(inner, depth + 1)
        case str() if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            yield "Text has no NUL and no half characters."
        case float() if not isfinite(value):
            yield "Numbers are finite."
