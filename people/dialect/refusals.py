"""CompreFace's error answers: {"message", "code"} with CompreFace's numbers."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from people.base.clashes import is_clash
from people.base.statement_limit import is_too_slow
from people.errors import Busy, PeopleError, TookTooLong

logger = logging.getLogger(__name__)

UNDEFINED = 0
NO_SUCH_KEY = 10
MISSING_HEADER = 20
BAD_FILE = 21
INVALID = 26
NO_FACE = 28
SEVERAL_FACES = 31
MISSING_PART = 34
MISSING_PARAMETER = 33
BAD_ARGUMENT = 36
WRONG_EMBEDDING = 37
NO_SUCH_SUBJECT = 42
SUBJECT_EXISTS = 43
NO_SUCH_IMAGE = 44

_OF_PICTURES = {
    "no_face": (NO_FACE, "No face is found in the given image"),
    "several_faces": (SEVERAL_FACES, "More than one face in the source image"),
}
_BAD_FILES = {"empty", "not_an_image", "format_not_supported", "truncated", "too_many_pixels", "too_small"}


class DialectRefusal(exceptions.APIException):
    """A refusal with CompreFace's code and message."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.number = code
        self.status_code = status


def invalid(message: str) -> DialectRefusal:
    return DialectRefusal(INVALID, message)


def no_such_subject(subject: str) -> DialectRefusal:
    return DialectRefusal(NO_SUCH_SUBJECT, f"Subject {subject} not found", 404)


def no_such_image(image_id: object) -> DialectRefusal:
    return DialectRefusal(NO_SUCH_IMAGE, f"Image {image_id} not found", 404)


def refusal(error: Exception, context: dict[str, Any]) -> Response | None:
    """Returns the answer for a refusal, or None for a real fault: DRF's exception handler of the dialect."""
    error = _as_refused(error)
    response = exception_handler(error, context)
    if response is None:
        return None
    number = getattr(error, "number", UNDEFINED)
    message = str(getattr(error, "detail", error))[:500].encode("utf-8", "replace").decode()
    response.data = {"message": message, "code": number}
    logger.info("%s: %d code %d", context["request"].path, response.status_code, number)
    return response


def _later(error: Busy | TookTooLong) -> DialectRefusal:
    refused = DialectRefusal(UNDEFINED, str(error), 503)
    refused.wait = error.retry_after_s  # type: ignore[attr-defined] # DRF's handler makes it Retry-After
    return refused


def _as_refused(error: Exception) -> Exception:
    match error:
        case Busy():
            return _later(error)
        case OperationalError() if is_too_slow(error):
            return _later(TookTooLong())
        case PeopleError(code=code) if code in _OF_PICTURES:
            return DialectRefusal(*_OF_PICTURES[code])
        case PeopleError(code="too_many_bytes"):
            return DialectRefusal(UNDEFINED, str(error), 413)
        case PeopleError(code=code):
            return DialectRefusal(BAD_FILE if code in _BAD_FILES else UNDEFINED, str(error))
        case RequestDataTooBig():
            return DialectRefusal(UNDEFINED, "The upload is too large.", 413)
        case _ if is_clash(error):  # CompreFace's message for every error without a number
            return DialectRefusal(UNDEFINED, "Something went wrong, please try again")
        case SuspiciousOperation():
            return DialectRefusal(
                BAD_ARGUMENT, "The request cannot be read: too many fields or files, or a malformed one."
            )
        case exceptions.ParseError():
            return DialectRefusal(BAD_ARGUMENT, str(error.detail))
    return error
