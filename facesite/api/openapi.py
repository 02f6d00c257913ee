"""Adds to the OpenAPI schema what the views do not say: the shape of refusals, strict bodies, and slashes."""

import inspect
from collections.abc import Iterable
from typing import Any

from people.dialect.base import DialectView
from people.rest.strict import StrictFields

ERROR = {
    "type": "object",
    "description": "A refusal. `code` is for programs, `message` for people, `request_id` for the log.",
    "required": ["error", "request_id"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "details"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {
                    "type": "array",
                    "description": "Each fault of the request, with the field that it is about.",
                    "items": {
                        "type": "object",
                        "required": ["field", "code", "message"],
                        "properties": {
                            "field": {"type": "string"},
                            "code": {"type": "string"},
                            "message": {"type": "string"},
                        },
                    },
                },
            },
        },
        "request_id": {"type": "string"},
    },
}
_REFUSED = {
    "description": "Refused",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


def without_optional_slashes(endpoints: Iterable[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Returns the endpoints with the dialect's addresses as its clients call them, without the slash at the end.

    A drf-spectacular hook. An endpoint is (path, regular expression, method, view).
    """
    return [
        (path.rstrip("/") if issubclass(view.cls, DialectView) else path, regex, method, view)
        for path, regex, method, view in endpoints
    ]


def with_refusals(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds the error envelope to every operation that names no other: a drf-spectacular hook."""
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("4XX", _REFUSED)  # the dialect has a shape of its own
            if any(each["name"] == "If-None-Match" for each in operation.get("parameters", [])):
                operation["responses"]["304"] = {"description": "As you have it"}
    return result


def with_closed_bodies(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Marks strictly read bodies as closed, so that they take no unknown fields: a drf-spectacular hook."""
    for component in generator.registry._components.values():
        source = component.object if inspect.isclass(component.object) else type(component.object)
        shape = result["components"]["schemas"].get(component.name)
        if shape and component.name.endswith("Request") and issubclass(source, StrictFields):
            shape["additionalProperties"] = False
    return result
