"""Refusals that REST views of the whole site share."""

from __future__ import annotations

from rest_framework.exceptions import APIException


class InProgress(APIException):
    """The server is still working on the same request."""

    status_code = 409
    default_code = "in_progress"
    default_detail = "The same request is still in progress. Ask again for its answer."
    wait = 1
    """Seconds, sent as Retry-After."""


class KeyReused(APIException):
    """The client has already used this key for a different request."""

    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key was sent with other data before. Take a new one for a new request."


class Vanished(APIException):
    """The created row has been deleted or is now outside the caller's limits, so its answer is not repeated."""

    status_code = 409
    default_code = "not_there_any_more"
    default_detail = "What this request created is not there any more. Take a new key to create it again."


class PreconditionFailed(APIException):
    """The row has changed since the caller saw it; `details` and the ETag header contain its current ETag."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = "Somebody changed it since you read it. Read it again, then decide."

    def __init__(self, etag: str) -> None:
        super().__init__()
        self.etag = etag
        self.details = [{"field": "If-Match", "code": "current_etag", "message": etag}]
