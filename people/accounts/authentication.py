"""Finds who calls the API: by an API key (`Authorization: Key …` or `X-API-Key: …`) or by a user's token."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from people.accounts.api_key import ApiKey, KeyUser, digest
from people.accounts.failed_logins import count_failure
from people.accounts.tokens import row_of

# A UUID with its dashes.
KEY_LENGTH = 36
_FOUND = "facesite.api_key"
"""Where the ASGI scope of a request keeps the key that it came with."""


class KeyAuthentication(BaseAuthentication):
    """Sets `request.auth` to the ApiKey and `request.user` to its KeyUser. Ignores other kinds of `Authorization`."""

    def authenticate(self, request: Request) -> tuple[KeyUser, ApiKey] | None:
        text = sent_key(request)
        if text is None:
            return None
        key = _once_a_request(request, text)
        if key is None:
            count_failure(request)
            raise AuthenticationFailed("This API key does not exist, has expired or was revoked.")
        return KeyUser.of(key), key

    def authenticate_header(self, request: Request) -> str:
        return "Key"


UNKNOWN = (
    "This token does not exist, was revoked, or ended with its user's password. "
    "An API key is sent as “Authorization: Key …” or as “X-API-Key: …”."
)


class CountedTokens(TokenAuthentication):
    """DRF's authentication by token, with our own tokens (tokens.py), and with wrong ones counted."""

    def authenticate(self, request: Request) -> Any:
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            count_failure(request)
            raise

    def authenticate_credentials(self, key: str) -> tuple[Any, Any]:
        row = row_of(key)
        if row is None or not row.user.is_active:
            raise AuthenticationFailed(UNKNOWN)
        return row.user, row


def sent_key(request: Request) -> str | None:
    """Returns the text of the key that came with a request, unchecked, or None if none came."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "key":
        return text.strip()
    return request.headers.get("X-API-Key")


def _once_a_request(request: Request, text: str) -> ApiKey | None:
    """Returns what `usable_key` does. Who sends a large body is asked for before it is read, and again by the view."""
    scope: dict[str, Any] = getattr(request, "scope", {})
    if _FOUND not in scope:
        scope[_FOUND] = usable_key(text)
    found: ApiKey | None = scope[_FOUND]
    return found


def usable_key(text: str) -> ApiKey | None:
    """Returns the key with this text and notes its use. Returns None for a wrong, expired or revoked key."""
    if not is_key(text):
        return None
    key = ApiKey.objects.usable().filter(digest=digest(text)).first()
    if key is not None:
        ApiKey.objects.note_use(key)
    return key


def is_key(text: str) -> bool:
    """Returns whether `text` has the form of a key: a UUID with its dashes."""
    try:
        return len(text) == KEY_LENGTH and str(UUID(text)) == text.lower()
    except ValueError:
        return False


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes API keys in the OpenAPI schema."""

    target_class = KeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "X-API-Key"}
