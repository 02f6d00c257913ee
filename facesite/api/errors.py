"""Turns every error into the API's one shape of refusal: {"error": {"code", "message", "details"}, "request_id"}."""

import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.db.models import ProtectedError
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    ParseError,
    PermissionDenied,
    Throttled,
    ValidationError,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from people.base.clashes import is_clash
from people.base.statement_limit import is_too_slow
from people.errors import (
    AlreadyThere,
    Busy,
    LayoutInDoubt,
    MayNotRetire,
    NameTaken,
    PeopleError,
    TookTooLong,
    TooManyTries,
    WrongState,
)
from streams.errors import NotNow, SeesOnlySome

logger = logging.getLogger(__name__)
ECHO_LENGTH = 500


class Conflict(APIException):
    """The request is valid but conflicts with the current state of the database."""

    status_code = 409
    default_detail = "Somebody changed something in between. Look at the newest state and try again."
    default_code = "conflict"


class Asks(Conflict):
    """Somebody has to decide first; `details` are the answers to choose from, or what was found."""

    def __init__(self, error: LayoutInDoubt | NameTaken) -> None:
        super().__init__(str(error), code=error.code)
        self.details = error.details


class TryLater(APIException):
    """The same request may succeed later; DRF's handler writes `wait` as Retry-After."""

    status_code = 503

    def __init__(self, error: Busy | NotNow | TookTooLong) -> None:
        super().__init__(str(error), code=error.code)
        self.wait = error.retry_after_s


class TooLarge(APIException):
    status_code = 413
    default_detail = "The request is too large."
    default_code = "too_large"


def envelope(error: Exception, context: dict[str, Any]) -> Response | None:
    """Returns the answer for a refusal, or None for a real fault (500): DRF's exception handler."""
    error = _as_api_exception(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    request_id = _request_id(context["request"])
    response.data = {"error": _body(error, response), "request_id": request_id}
    response.headers["X-Request-ID"] = request_id
    logger.info(
        "%s %s: %d %s (request %s)",
        context["request"].method,
        context["request"].path,
        response.status_code,
        response.data["error"]["code"],
        request_id,
    )
    return response


def _as_api_exception(error: Exception) -> Exception:
    match error:
        case WrongState() | AlreadyThere():
            return Conflict(str(error), code=error.code)
        case LayoutInDoubt() | NameTaken():
            return Asks(error)
        case MayNotRetire() | SeesOnlySome():
            return PermissionDenied(str(error), code=error.code)
        case Busy() | NotNow():
            return TryLater(error)
        case TooManyTries():
            return Throttled(error.retry_after_s, str(error))
        case PeopleError():
            return _refusal(error)
        case ProtectedError():
            return Conflict(f"It cannot be deleted: {len(error.protected_objects)} records refer to it.", code="in_use")
        case OperationalError() if is_too_slow(error):
            return TryLater(TookTooLong())
        case _ if is_clash(error):
            return Conflict()
        case RequestDataTooBig():
            return TooLarge()
        case SuspiciousOperation():
            return ParseError("The request cannot be read: too many fields or files, or a malformed one.")
    return error


def _refusal(error: PeopleError) -> APIException:
    refusal = APIException(str(error), code=error.code)
    refusal.status_code = 400
    return refusal


def _body(error: Exception, response: Response) -> dict[str, Any]:
    if isinstance(error, ValidationError):
        details = list(_details(error.detail))
        message = details[0]["message"] if len(details) == 1 else "Some of the values cannot be accepted."
        return {"code": "invalid", "message": message, "details": details}
    detail = response.data.get("detail", "") if isinstance(response.data, dict) else ""
    return {
        "code": getattr(detail, "code", "error"),
        "message": _sayable(detail),
        "details": getattr(error, "details", []),
    }


def _details(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Yields each fault of a request with its field ("people.2" for an item of a list; "" for the whole request)."""
    if isinstance(detail, ErrorDetail):
        yield {"field": _sayable(field), "code": detail.code or "invalid", "message": _sayable(detail)}
    elif isinstance(detail, dict):
        for name, inner in detail.items():
            path = field if name == "non_field_errors" else f"{field}.{name}".lstrip(".")
            yield from _details(inner, path)
    else:
        for inner in detail:
            yield from _details(inner, field)


def _sayable(text: str) -> str:
    """Returns the caller's text in a form that a refusal may repeat: cut short, without lone surrogates (no JSON)."""
    return str(text)[:ECHO_LENGTH].encode("utf-8", "replace").decode("utf-8")


def _request_id(request: Request) -> str:
    """Returns the id from the middleware (facesite/web/request_ids.py), or a new one."""
    return getattr(request, "request_id", "") or uuid4().hex
