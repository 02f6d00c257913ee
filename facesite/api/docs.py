"""The API reference as a page made from the OpenAPI schema, without scripts or files from other sites."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

UNIONS = ("oneOf", "anyOf", "allOf")


@dataclass(frozen=True, slots=True)
class TypeInWords:
    """A type in words, and the shape that it refers to, if any."""

    words: str = ""
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter, or a field of a body or an answer."""

    name: str
    kind: TypeInWords
    required: bool
    note: str


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    tag: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Value, ...]
    bodies: tuple[TypeInWords, ...]
    """The body as each media type has it, where they differ."""
    answers: tuple[tuple[str, TypeInWords], ...]
    """(status, kind) of each success, and of refusals."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A named object in bodies and answers."""

    name: str
    note: str
    fields: tuple[Value, ...]


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """Shows every operation by tag, and every shape, to logged-in users."""
    operations, shapes, notes = reference()
    by_tag = groupby(operations, key=lambda each: each.tag)
    tags = [(tag, notes.get(tag, ""), list(group)) for tag, group in by_tag]
    return render(request, "api/docs.html", {"tags": tags, "shapes": shapes})


@cache
def schema() -> dict[str, Any]:
    """Returns the OpenAPI document.

    Cached, because it cannot change while the process runs; to make it takes 0.5 s of the processor.
    """
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


class KeptSchema(SchemaGenerator):
    """Gives each caller the same document."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        return schema()


@cache
def reference() -> tuple[tuple[Operation, ...], tuple[Shape, ...], dict[str, str]]:
    """Returns the schema's operations, its shapes, and the notes on tags."""
    document = schema()
    operations = [
        _operation(path, method, each)
        for path, methods in document["paths"].items()
        for method, each in methods.items()
    ]
    named = sorted(document["components"]["schemas"].items())
    notes = {tag["name"]: tag["description"] for tag in document.get("tags", [])}
    return tuple(sorted(operations, key=lambda each: (each.tag, each.path))), tuple(_shapes(named)), notes


def _operation(path: str, method: str, each: dict[str, Any]) -> Operation:
    answers = {code: answer for code, answer in each["responses"].items() if code.startswith("2") or code == "4XX"}
    return Operation(
        id=each["operationId"],
        tag=each["tags"][0],
        method=method.upper(),
        path=path,
        summary=each.get("summary", ""),
        description=each.get("description", ""),
        parameters=tuple(_parameter(parameter) for parameter in each.get("parameters", [])),
        bodies=tuple(_contents(each.get("requestBody", {}))),
        answers=tuple((code, next(iter(_contents(answer)), TypeInWords())) for code, answer in answers.items()),
    )


def _parameter(parameter: dict[str, Any]) -> Value:
    kind = TypeInWords(type_in_words(parameter["schema"]))
    note = " ".join(filter(None, (parameter.get("description", ""), _range(parameter["schema"]))))
    return Value(parameter["name"], kind, parameter.get("required", False), note)


def _range(schema: dict[str, Any]) -> str:
    """Returns a sentence such as "0 to 1000, 20 if you leave it out."; "" for a schema without limits and default."""
    limits = f"{schema['minimum']} to {schema['maximum']}" if {"minimum", "maximum"} <= set(schema) else ""
    usual = f"{json.dumps(schema['default'])} if you leave it out" if "default" in schema else ""
    told = ", ".join(filter(None, (limits, usual)))
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def _contents(part: dict[str, Any]) -> Iterable[TypeInWords]:
    """Yields the types of a body or an answer; media types of the same type count once."""
    types: dict[str, TypeInWords] = {}
    for media_type, content in part.get("content", {}).items():
        words = type_in_words(content["schema"])
        shown = words if media_type == "application/json" else f"{words} ({media_type})"
        types.setdefault(words, TypeInWords(shown, shape_of(content["schema"])))
    yield from types.values()


def _shapes(named: Iterable[tuple[str, dict[str, Any]]]) -> Iterable[Shape]:
    for name, schema in named:
        required = schema.get("required", [])
        fields = tuple(
            Value(
                field, TypeInWords(type_in_words(each), shape_of(each)), field in required, each.get("description", "")
            )
            for field, each in schema.get("properties", {}).items()
        )
        note = "" if fields else type_in_words(schema)
        yield Shape(name, schema.get("description", note) if fields else note, fields)


def shape_of(schema: dict[str, Any]) -> str:
    """Returns the name of the shape that a schema is, contains or may be; "" for plain values."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    inner = [schema.get("items", {}), *(each for union in UNIONS for each in schema.get(union, []))]
    return next(filter(None, map(shape_of, filter(None, inner))), "")


def type_in_words(schema: dict[str, Any]) -> str:
    """Returns a JSON schema's type on one line, such as `list of Person` or `text (uuid) or null`."""
    if "$ref" in schema:
        return shape_of(schema)
    for union in UNIONS:
        if union in schema:
            return " or ".join(type_in_words(each) for each in schema[union])
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    kinds = schema.get("type", "any value")
    return " or ".join(_kind(kind, schema) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _kind(kind: str, schema: dict[str, Any]) -> str:
    if kind == "array":
        return f"list of {type_in_words(schema['items'])}"
    name = {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(kind, kind)
    return f"{name} ({schema['format']})" if "format" in schema and kind != "null" else name
