"""Idempotency-Key: a client that missed an answer may repeat its request, and nothing is created twice."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from people.base.kept_answers import KEY_LENGTH, MOST_BYTES, KeptAnswer, earlier_answer, take_turn
from people.rest.errors import InProgress, KeyReused, Vanished
from people.rest.throttles import caller_of

HEADER = "Idempotency-Key"
Method = Callable[..., Response]
SALT = "people.api.idempotent"
"""Stays as it is, wherever this module goes: answers that are kept must match the same request after an upgrade."""


def idempotent(method: Method) -> Method:
    """Makes a view's creating method answer a repeated Idempotency-Key as it did the first time.

    One transaction creates the row and keeps the answer: a process killed in between leaves neither. Refusals are
    not kept: a client may correct its request and send it again with the same key.
    """

    @functools.wraps(method)
    def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        if HEADER not in request.headers:
            return method(view, request, *args, **kwargs)
        who = caller_of(request)
        assert who is not None, "only those who are logged in create anything"
        asked = (who, f"{request.method} {request.path}", _key(request))
        sent = _digest(request)
        with transaction.atomic():
            if not take_turn(*asked):
                raise InProgress
            if earlier := earlier_answer(*asked):
                return _again(view, earlier, sent)
            response = method(view, request, *args, **kwargs)
            _keep(response, view, asked, sent)
            return response

    answer.takes_idempotency_key = True  # type: ignore[attr-defined] # for the OpenAPI schema
    return answer


def _key(request: Request) -> str:
    key: str = request.headers[HEADER]
    if 1 <= len(key) <= KEY_LENGTH and key.isascii() and key.isprintable():
        return key
    raise ValidationError({HEADER: f"Expected 1 to {KEY_LENGTH} printable ASCII characters."})


def _digest(request: Request) -> str:
    """Returns a digest of the parsed request: a form's boundary and the order of JSON keys do not change it."""
    data: Any = request.data
    if isinstance(data, QueryDict):
        data = {name: [_plain(value) for value in values] for name, values in data.lists()}
    told = json.dumps([request.META.get("QUERY_STRING", ""), data], sort_keys=True)
    # Keyed: a camera's password is in it, and a plain hash of a short one can be guessed from a copy of the table.
    return salted_hmac(SALT, told, algorithm="sha256").hexdigest()


def _plain(value: Any) -> Any:
    """Returns a file as its name and the SHA-256 of its content (then rewinds it); any other value unchanged."""
    if not isinstance(value, UploadedFile):
        return value
    content = sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return [value.name, content.hexdigest()]


def _again(view: Any, earlier: KeptAnswer, sent: str) -> Response:
    if earlier.digest != sent:
        raise KeyReused
    if not earlier.body:
        raise Vanished
    shown = json.loads(earlier.body)
    if not _is_there(view, shown):
        raise Vanished
    headers = {**earlier.headers, "Idempotency-Replayed": "true"}
    return Response(shown, status=earlier.status, headers=headers)


def _is_there(view: Any, shown: dict[str, Any]) -> bool:
    """Returns whether at least one of the rows shown still exists for the caller."""
    rows = view.queryset.model._default_manager.all()
    if hasattr(rows, "within_limits_of"):
        rows = rows.within_limits_of(view.request.user)
    name = "id" if view.lookup_field == "pk" else view.lookup_field
    several = shown.get("photos")  # a list in an upload's answer, counts in an import's
    keys = [each[name] for each in (several if isinstance(several, list) else [shown])]
    return bool(rows.filter(**{f"{name}__in": keys}).exists())


def _keep(response: Response, view: Any, asked: tuple[str, str, str], sent: str) -> None:
    body = JSONRenderer().render(response.data)
    if len(body) > MOST_BYTES:
        raise ValueError(f"an answer of {len(body)} bytes is not to be kept; the limit is {MOST_BYTES}")
    etag = view.etag_of(response) if hasattr(view, "etag_of") else None
    headers = {"Location": response.get("Location"), "ETag": etag}
    caller, address, key = asked
    KeptAnswer.objects.create(
        caller=caller,
        address=address,
        key=key,
        digest=sent,
        status=response.status_code,
        body=body.decode(),
        headers={name: value for name, value in headers.items() if value},
    )
