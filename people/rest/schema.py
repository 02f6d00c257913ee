"""Headers in the OpenAPI schema: which operations take If-Match, If-None-Match and Idempotency-Key."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from people.rest.safe_edits import SafeEdits

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="An ETag from an earlier answer. If the answer is still the same, it is 304 without a body.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that you read. If somebody has changed the row since, the answer is 412.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A text of your own, 1 to 255 characters. A request with the "
    "same text within 24 hours gets the first answer.",
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
