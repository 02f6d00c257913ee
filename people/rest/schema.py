"""Headers in the OpenAPI schema: which operations take If-Match, If-None-Match and Idempotency-Key."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from people.rest.safe_edits import SafeEdits

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="An ETag you have: 304 when the answer is the same."
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag you read: 412 when somebody changed it since."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Of your making, 1 to 255 characters: the same again within 24 hours is answered as the first time.",
)


class HeaderSchema(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        name = getattr(self.view, "action", None) or self.method.lower()
        if getattr(getattr(self.view, name, None), "takes_idempotency_key", False):
            return [IDEMPOTENCY_KEY]
        if not isinstance(self.view, SafeEdits) or not getattr(self.view, "detail", False):
            return []
        if self.method != "GET":
            return [IF_MATCH]
        return [IF_NONE_MATCH] if self.view.action == "retrieve" else []
