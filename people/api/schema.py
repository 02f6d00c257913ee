"""What the OpenAPI schema says of headers: which operations take If-Match, If-None-Match and Idempotency-Key."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from people.api.safe_edits import SafeEdits

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="An ETag you have: 304 when the answer is the same."
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag you read: 412 when somebody changed it since."
)


class HeaderSchema(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        if not isinstance(self.view, SafeEdits) or not getattr(self.view, "detail", False):
            return []
        if self.method != "GET":
            return [IF_MATCH]
        return [IF_NONE_MATCH] if self.view.action == "retrieve" else []
