"""The API's token view: each user has one token, obtained with a password and revocable at any time."""

from hashlib import sha256
from typing import Any, cast

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle, SimpleRateThrottle
from rest_framework.views import APIView

from people.accounts.api_key import ApiKey
from people.accounts.tokens import token_of
from people.base.client_address import client_address


class TokenSerializer(serializers.Serializer[Any]):
    """A token, which has the rights of its user."""

    token = serializers.CharField(help_text="Send it as `Authorization: Token …`.")


class PasswordsPerAddress(SimpleRateThrottle):
    """Limits how many passwords one address may try."""

    rate = "10/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"token-address-{_digest(client_address(request))}"


class PerName(SimpleRateThrottle):
    """Limits how many passwords all addresses together may try for one user."""

    rate = "10/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        name = request.data.get("username") if hasattr(request.data, "get") else None
        # Strips like the form: otherwise a name with spaces around it would get its own tries.
        return f"token-name-{_digest(str(name).strip().lower())}" if name else None


class NoKey(BasePermission):
    """Refuses API keys: no scope contains the right to log the owner out."""

    message = "An API key cannot revoke its owner's token."

    def has_permission(self, request: Request, view: Any) -> bool:
        return not isinstance(request.auth, ApiKey)


class TokenView(APIView):
    @extend_schema(
        tags=["token"],
        operation_id="token_create",
        summary="Obtain a token",
        description="You get the same token until it is revoked or your password changes. At most 10 tries a minute.",
        auth=[],
        request=AuthTokenSerializer,
        responses={200: TokenSerializer},
    )
    def post(self, request: Request) -> Response:
        form = AuthTokenSerializer(data=request.data, context={"request": request})
        form.is_valid(raise_exception=True)
        token = token_of(form.validated_data["user"])
        return Response({"token": token}, headers={"Cache-Control": "no-store"})

    @extend_schema(
        tags=["token"],
        operation_id="token_destroy",
        summary="Revoke your token",
        description="The token stops working at once. The next one that you obtain is a new one.",
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        Token.objects.filter(user=cast(User, request.user)).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    def get_authenticators(self) -> list[BaseAuthentication]:
        # Only a password obtains a token, so a session of the same browser must not count.
        return [] if self._obtains() else super().get_authenticators()

    def get_permissions(self) -> list[BasePermission]:
        return [AllowAny()] if self._obtains() else [IsAuthenticated(), NoKey()]

    def get_throttles(self) -> list[BaseThrottle]:
        return [PasswordsPerAddress(), PerName()] if self._obtains() else []

    def _obtains(self) -> bool:
        return getattr(self.request, "method", None) == "POST"


def _digest(text: str) -> str:
    """Returns the caller's text as a part of a cache key, of fixed length and without control characters."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()
