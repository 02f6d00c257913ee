"""Describes the dialect's calls in the OpenAPI document, under a tag of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from people.dialect.answers import CompreFaceRefusalSerializer
from people.dialect.base import NAME_LENGTH
from people.dialect.options import LIKELY_FACE, MOST

TAG = "compreface"


def _query(name: str, kind: dict[str, Any], note: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, required=required, description=note)


def whole_number(name: str, note: str, *, low: int, high: int, default: int) -> OpenApiParameter:
    return _query(name, {"type": "integer", "minimum": low, "maximum": high, "default": default}, note)


def subject_in_query(note: str, *, required: bool = False) -> OpenApiParameter:
    return _query("subject", {"type": "string", "minLength": 1, "maxLength": NAME_LENGTH}, note, required=required)


def _yes_or_no(name: str, note: str) -> OpenApiParameter:
    return _query(name, {"type": "boolean", "default": False}, note)


IMAGE_ID = OpenApiParameter(
    "image_id", {"type": "string", "format": "uuid"}, OpenApiParameter.PATH, description="The id of a face example."
)
SUBJECT = OpenApiParameter(
    "subject",
    {"type": "string", "minLength": 1, "maxLength": NAME_LENGTH},
    OpenApiParameter.PATH,
    description="The subject's name, in upper or lower case. It may hold slashes.",
)
PREDICTION_COUNT = whole_number(
    "prediction_count",
    "How many subjects to name for each face or embedding. All together may be 1,000.",
    low=1,
    high=MOST,
    default=1,
)
SUREST = _query(
    "det_prob_threshold",
    {"type": "number", "minimum": 0, "maximum": 1, "default": LIKELY_FACE},
    "How sure it must be that something is a face. The site looks at such faces only.",
)
PICTURE_OPTIONS = (
    whole_number("limit", "How many of the biggest faces to look at; 0 for all.", low=0, high=MOST, default=0),
    SUREST,
    _query(
        "face_plugins",
        {"type": "string"},
        "What to tell besides, separated by commas: `landmarks`, and `calculator` for embeddings, which needs the "
        "scope `read_encodings`. The site ignores other names.",
    ),
    _yes_or_no("status", "Whether to tell the times and the names of the networks."),
)
EXTRAS = _yes_or_no("extras", "Whether to tell this site's own verdict, limit, distance, margin and person.")


def _refused(note: str) -> OpenApiResponse:
    return OpenApiResponse(CompreFaceRefusalSerializer, description=note)


REFUSALS = {
    400: _refused("The request is at fault, or the key is missing (code 20) or no UUID (26)."),
    403: _refused("The key lacks a scope."),
    404: _refused("The key does not exist or works no more (code 10), or there is no such subject or image."),
    "4XX": _refused("Refused for another reason: too large (413), or too many calls (429, with `Retry-After`)."),
    503: _refused("Too many pictures wait: come back after `Retry-After` seconds."),
}


def described(
    operation_id: str,
    summary: str,
    description: str = "",
    *,
    parameters: Sequence[OpenApiParameter] = (),
    body: dict[str, Any] | None = None,
    answers: dict[Any, Any],
) -> Callable[..., Any]:
    """Returns a decorator that describes one method of a view.

    `body`: the serializer for each media type. `answers`: the serializer for each status of success.
    """
    return extend_schema(
        tags=[TAG],
        operation_id=f"{TAG}_{operation_id}",
        summary=summary,
        description=description,
        parameters=list(parameters),
        request=body,
        responses={**answers, **REFUSALS},
    )


def form_or_json(form: type[Any], json: type[Any]) -> dict[str, Any]:
    return {"multipart/form-data": form, "application/json": json}
