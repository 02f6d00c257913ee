"""Writes the sockets' messages as JSDoc types, so that the pages' scripts are checked against the server's shapes.

`.venv/bin/python -m tests.javascript.typedefs` brings messages.js up to shapes.py; a test fails until that is done.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from streams.wire import shapes

MESSAGES_JS = Path(shapes.__file__).parents[1] / "static" / "streams" / "messages.js"
PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}


class NoJavaScriptType(TypeError):
    """An annotation that `javascript_type` has no words for yet."""


def typedefs() -> str:
    """A comment with a @typedef for each shape, each named Literal and each named union of shapes.py, in its order."""
    named = {name: annotation for name, annotation in vars(shapes).items() if _is_wire_type(annotation)}
    lines = (_line(f"@typedef {{{_definition(annotation)}}} {name}") for name, annotation in named.items())
    return "\n".join(["/**", *lines, " */", ""])


def with_typedefs(script: str) -> str:
    """`script` with its first `/** … */` comment replaced. Raises ValueError when there is none."""
    begin = script.index("/**")
    end = script.index("*/\n", begin) + len("*/\n")
    return script[:begin] + typedefs() + script[end:]


def javascript_type(annotation: Any) -> str:
    """A field's type, with named types by their names. Raises NoJavaScriptType."""
    if is_typeddict(annotation):
        return str(annotation.__name__)
    return _alias(annotation) or _spelled(annotation)


def _is_wire_type(annotation: Any) -> bool:
    return is_typeddict(annotation) or get_origin(annotation) in (Literal, UnionType)


def _line(words: str) -> str:
    """Broken between fields: no-break spaces keep a field's name beside its type."""
    kept = words.replace(": ", ":\N{NO-BREAK SPACE}")
    lines = fill(kept, 120, initial_indent=" * ", subsequent_indent=" *   ", break_on_hyphens=False)
    return lines.replace("\N{NO-BREAK SPACE}", " ")


def _definition(annotation: Any) -> str:
    if not is_typeddict(annotation):
        return _spelled(annotation)
    return "{" + ", ".join(_fields(annotation)) + "}"


def _fields(shape: Any) -> Iterator[str]:
    # With extras: `__required_keys__` knows nothing of a NotRequired that was written as a string.
    for name, annotation in get_type_hints(shape, include_extras=True).items():
        if get_origin(annotation) is NotRequired:
            yield f"{name}?: {javascript_type(get_args(annotation)[0])}"
        else:
            yield f"{name}: {javascript_type(annotation)}"


def _alias(annotation: Any) -> str | None:
    """The name that shapes.py gives to this very Literal."""
    if get_origin(annotation) is not Literal:
        return None
    return next((name for name, each in vars(shapes).items() if each == annotation), None)


def _spelled(annotation: Any) -> str:
    arguments = get_args(annotation)
    match get_origin(annotation):
        case None if annotation in PLAIN:
            return PLAIN[annotation]
        case origin if origin is Literal:
            return "|".join(json.dumps(value) for value in arguments)
        case origin if origin in (Union, UnionType):
            return "|".join(map(javascript_type, arguments))
        case origin if origin is list:
            return f"{javascript_type(arguments[0])}[]"
        case origin if origin is tuple:
            return f"[{', '.join(map(javascript_type, arguments))}]"
    raise NoJavaScriptType(f"expected a type of JSON, got {annotation}")


if __name__ == "__main__":
    MESSAGES_JS.write_text(with_typedefs(MESSAGES_JS.read_text()))
    sys.stdout.write(f"{MESSAGES_JS} says what shapes.py says.\n")
