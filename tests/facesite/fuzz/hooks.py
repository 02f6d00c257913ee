"""What schemathesis is told of this API beyond its schema; runs in schemathesis' own process."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any
from uuid import UUID

import schemathesis
from schemathesis.specs.openapi.checks import negative_data_rejection, unsupported_method

# Of every list at /api/v1/<name>/ some ids; what is deleted is taken from the end.
KNOWN: dict[str, list[str]] = json.loads(os.environ["FUZZ_KNOWN"])
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
asked: Counter[str] = Counter()


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """A well-formed id in the address becomes that of a row, so that more than 404 is seen."""
    for name, value in (case.path_parameters or {}).items():
        ids = KNOWN.get(case.path.removeprefix("/api/v1/").split("/")[0], [])
        if ids and is_sound(str(value)):
            asked[case.operation.label] += 1
            turn = asked[case.operation.label] % (len(ids) // 2)
            case.path_parameters[name] = ids[-1 - turn] if case.method.upper() == "DELETE" else ids[turn]


def is_sound(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return value.isascii() and value.replace("-", "").replace("_", "").isalnum()


@schemathesis.check
def broken_data_is_refused(context: Any, response: Any, case: Any) -> bool | None:
    """negative_data_rejection, but for forms: everything in a form is text, and nothing in it has a wrong type."""
    if case.media_type in FORMS:
        return None
    return negative_data_rejection(context, response, case)


@schemathesis.check
def other_methods_are_refused(context: Any, response: Any, case: Any) -> bool | None:
    """unsupported_method, but that whoever has not logged in is told so first, whatever the method."""
    return None if response.status_code == 401 else unsupported_method(context, response, case)
