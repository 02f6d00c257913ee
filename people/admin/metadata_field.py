"""The form's field for a person's metadata: a line for each fact, such as `badge: 17`, instead of JSON."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError

from people.records.metadata import check_metadata

EXAMPLE = "badge: 17"


class MetadataFormField(forms.JSONField):
    """Shows and reads lines. It takes a JSON object, too, as earlier releases showed it and other systems give it."""

    def __init__(self, **options: Any) -> None:
        said = f"What your organisation keeps for itself: a name and a value in each line, such as {EXAMPLE}"
        super().__init__(**{**options, "help_text": said, "widget": AdminTextareaWidget(attrs={"rows": 3})})

    def prepare_value(self, value: Any) -> Any:
        return lines_of(value) if isinstance(value, dict) else value

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data  # as it was typed

    def to_python(self, value: Any) -> Any:
        read = value if isinstance(value, dict) else read_lines(value or "")
        check_metadata(read)  # here, because Django skips validators for an empty list
        return read


def lines_of(metadata: dict[str, Any]) -> str:
    """Writes metadata so that `read_lines` reads the same again: text as it is, unless it would be read as JSON."""
    return "\n".join(f"{_written_name(name)}: {_written(value)}" for name, value in sorted(metadata.items()))


def read_lines(text: str) -> dict[str, Any]:
    """Reads "name: value" lines: a value that is JSON is what it says, any other is text. Raises ValidationError."""
    if text.lstrip().startswith("{"):
        return _object(text)
    found: dict[str, Any] = {}
    for line in filter(None, map(str.strip, text.replace("\r", "\n").split("\n"))):
        name, value = _read(line)
        if name in found:
            raise ValidationError(f"“{name}” stands there twice.", code="twice")
        found[name] = value
    return found


def _read(line: str) -> tuple[str, Any]:
    """Splits a line at its first colon; a name with a colon stands in quotes."""
    name: Any
    if line.startswith('"'):
        try:
            name, end = json.JSONDecoder().raw_decode(line)
        except ValueError:
            raise ValidationError(_malformed(line), code="line") from None
        rest = line[end:].lstrip()
        colon, value = rest[:1], rest[1:]
    else:
        name, colon, value = line.partition(":")
        name = name.rstrip()
    if colon != ":" or not name:
        raise ValidationError(_malformed(line), code="line")
    return name, _value(value.strip())


def _malformed(line: str) -> str:
    return f"Write a name, a colon and a value in each line, such as {EXAMPLE}. This line has none: {line[:40]}"


def _value(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(constant: str) -> NoReturn:
    """NaN and Infinity are words: JSON knows no such number."""
    raise ValueError(constant)


def _object(text: str) -> dict[str, Any]:
    read = _value(text)
    if not isinstance(read, dict):
        raise ValidationError(_malformed(text), code="line")
    return read


def _written_name(name: str) -> str:
    is_plain = name == name.strip() and ":" not in name and not name.startswith(('"', "{"))
    return name if is_plain else json.dumps(name, ensure_ascii=False)


def _written(value: Any) -> str:
    """Writes text as it is, if it is then read as the same text: not "17", nor several lines."""
    is_line = isinstance(value, str) and value == value.strip() and not {"\r", "\n"} & set(value)
    return value if is_line and _value(value) == value else json.dumps(value, sort_keys=True, ensure_ascii=False)
