"""The base of every view of the dialect: the key in the header, rights, refusals, and pictures."""

from __future__ import annotations

import base64
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from people.accounts.api_key import ApiKey, KeyUser
from people.accounts.authentication import is_key, usable_key
from people.accounts.failed_logins import count_failure
from people.base.names import is_printable
from people.dialect import refusals
from people.dialect.refusals import DialectRefusal, invalid, refusal
from people.rest.parsers import BoundedJSON
from people.rest.permissions import HasRights, RightsTable

NAME_LENGTH = 200
OVERHEAD_BYTES = 100_000
"""Bytes that a request may contain besides its pictures."""


class DialectKey(BaseAuthentication):
    """Accepts the header `x-api-key` and nothing else, and refuses in CompreFace's way."""

    def authenticate(self, request: Request) -> tuple[KeyUser, ApiKey]:
        text = request.headers.get("X-API-Key")
        if not text:
            raise DialectRefusal(refusals.MISSING_HEADER, "Missing header: x-api-key")
        key = usable_key(text)
        if key is None:
            count_failure(request)
        if not is_key(text):
            raise invalid("API key should have the form of a UUID")
        if key is None:
            raise DialectRefusal(refusals.NO_SUCH_KEY, "Face service with this API key not found", 404)
        return KeyUser.of(key), key


class DialectKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the dialect's key in the OpenAPI schema, apart from `apiKey`, which may come as `Authorization` too."""

    target_class = DialectKey
    name = "compreFaceKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "x-api-key",
            "description": "An API key of this site; no other header, token or login will do.",
        }


class PictureJSON(BoundedJSON):
    """JSON that may contain two pictures as base64, which turns three bytes into four characters."""

    limit = 2 * settings.PHOTO_MAX_BYTES * 4 // 3 + OVERHEAD_BYTES


class DialectView(APIView):
    authentication_classes = [DialectKey]
    http_method_names = ["get", "post", "put", "delete", "head"]
    permission_classes = [HasRights]
    parser_classes = [PictureJSON, MultiPartParser, FormParser]
    renderer_classes = [JSONRenderer]
    rights: ClassVar[RightsTable]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if int(request.META.get("CONTENT_LENGTH") or "0") > PictureJSON.limit:
            raise RequestDataTooBig("too large")
        super().initial(request, *args, **kwargs)

    def get_exception_handler(self) -> Any:
        return refusal


def picture(request: Request, part: str = "file") -> bytes:
    """Returns the picture in `part` of the form or the JSON. Raises DialectRefusal."""
    sent = request.data.get(part) if hasattr(request.data, "get") else None
    if sent is None or sent == "":
        raise DialectRefusal(refusals.MISSING_PART, f"Required request part '{part}' is not present")
    if hasattr(sent, "read"):
        return bytes(sent.read(settings.PHOTO_MAX_BYTES + 1))
    if not isinstance(sent, str):
        raise invalid(f"'{part}' should be a picture as base64")
    try:
        return from_base64(sent)
    except ValueError:
        raise invalid(f"'{part}' should be a picture as base64") from None


def from_base64(text: str) -> bytes:
    """Returns the bytes of base64 as clients send it: as a data URL, in lines, with spaces, without its padding.

    Raises ValueError for any other character. Spaces are dropped: where a form made them of "+", the picture does not
    open, and says so.
    """
    head, comma, rest = text.partition(",")
    letters = "".join((rest if comma and head[:5].lower() == "data:" else text).split()).rstrip("=")
    return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)


def subject_name(text: object, where: str = "subject") -> str:
    """Returns a subject's name, stripped. Raises DialectRefusal if it is missing, too long or not printable."""
    if text is None:
        raise DialectRefusal(refusals.MISSING_PARAMETER, f"Required parameter '{where}' is not present")
    if isinstance(text, str):
        text = text.replace("\u00a0", " ")  # no-break spaces, as phones and office programs write them
    if not isinstance(text, str) or not text.strip() or len(text) > NAME_LENGTH:
        raise invalid(f"'{where}' should have 1 to {NAME_LENGTH} characters")
    if not is_printable(text):
        raise invalid(f"'{where}' should have no control characters")
    if {"", ".", ".."} & {*text.strip().split("/")}:
        # Clients and proxies shorten such an address: deleting "." would become deleting everybody.
        raise invalid(f"'{where}' should have no part that is empty, '.' or '..' between slashes")
    return text.strip()


def not_with_a_slash(request: Request, what: str) -> None:
    """Raises DialectRefusal for a collection's address with a slash at its end: it is where an empty name leads."""
    if request.path.endswith("/"):
        raise invalid(f"The name is missing. To delete every {what}, leave out the slash at the end of the address")
