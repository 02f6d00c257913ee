"""What schemathesis is told of this API beyond its schema; runs in schemathesis' own process."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any
from uuid import UUID

import schemathesis
from schemathesis.generation.meta import CoveragePhaseData, CoverageScenario
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, unsupported_method

# Of every list at /api/v1/<name> some ids; what is deleted is taken from the end.
KNOWN: dict[str, list[str]] = json.loads(os.environ["FUZZ_KNOWN"])
DIALECT = "compreface"  # the tag of the calls that answer as CompreFace does
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
AS_JSON = (CoverageScenario.OBJECT_REQUIRED_AND_OPTIONAL, CoverageScenario.INCORRECT_TYPE)
"""What a form need not try where JSON does: which fields are there, and values of wrong types, which are text in it."""
asked: Counter[str] = Counter()


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Leaves out of the coverage phase what a form only says again: both kinds of forms are read as the same text. The
    fuzzing phase sends all kinds to every operation.
    """
    tried = case.meta.phase.data if case.meta else None
    if not isinstance(tried, CoveragePhaseData) or case.media_type not in FORMS:
        return True
    kinds = {body.media_type for body in case.operation.body}
    if case.media_type == "application/x-www-form-urlencoded":
        return "multipart/form-data" not in kinds
    return "application/json" not in kinds or tried.scenario not in AS_JSON


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """A well-formed id in the address becomes that of a row, so that more than 404 is seen."""
    for name, value in (case.path_parameters or {}).items():
        ids = KNOWN.get(case.path.removeprefix("/api/v1/").split("/{")[0], [])
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
    """negative_data_rejection, but not for forms and not for the dialect.

    Everything in a form is text, and nothing in it has a wrong type. The dialect reads as tolerantly as CompreFace: an
    empty `subject` lists every face, an unknown image is an empty picture, and what is no id is passed over.
    """
    if case.media_type in FORMS or DIALECT in case.operation.tags:
        return None
    return negative_data_rejection(context, response, case)


@schemathesis.check
def other_methods_are_refused(context: Any, response: Any, case: Any) -> bool | None:
    """unsupported_method, but that whoever has not logged in is told so first, whatever the method."""
    return None if response.status_code == 401 else unsupported_method(context, response, case)


@schemathesis.check
def nobody_gets_in_without_a_key(context: Any, response: Any, case: Any) -> bool | None:
    """ignored_auth, but not for the dialect: like CompreFace it answers 400 or 404 to whom others answer 401.

    tests/people/dialect/test_dialect.py asks all its addresses without a key, with a broken and with an unknown one.
    """
    return None if DIALECT in case.operation.tags else ignored_auth(context, response, case)
