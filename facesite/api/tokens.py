"""The API's token view: each user has one token, obtained with a password and revocable at any time."""

from typing import Any, cast

from django.contrib.auth.models import User
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import BaseAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import ErrorDetail
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from facesite.login.passwords import user_with
from facesite.login.second_factor import is_right_code, must_have_second_factor
from people.accounts.api_key import ApiKey
from people.accounts.second_factors import has_second_factor
from people.accounts.tokens import token_of
from people.rest.throttles import PerAddress


class TokenSerializer(serializers.Serializer[Any]):
    """A token, which has the rights of its user."""

    token = serializers.CharField(help_text="Send it as `Authorization: Token …`.")


class PasswordSerializer(serializers.Serializer[Any]):
    """A name and a password, with a code if the user has a second factor."""

    username = serializers.CharField()
    password = serializers.CharField(trim_whitespace=False, style={"input_type": "password"})
    code = serializers.CharField(
        required=False,
        help_text="Only for users with a second factor: the code that their app shows, or a recovery code.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        user = user_with(self.context["request"]._request, attrs["username"], attrs["password"])
        if user is None:
            raise serializers.ValidationError("Name and password do not match.", code="authorization")
        if has_second_factor(user):
            _check_code(user, attrs.get("code"))
        elif must_have_second_factor(user):
            told = "Your role requires a second factor: log in on the site and set one up first."
            raise serializers.ValidationError(told, code="second_factor_missing")
        return {"user": user}


def _check_code(user: User, code: str | None) -> None:
    if code is None:
        told = "This user has a second factor: send the code that the app shows as `code`."
        raise serializers.ValidationError({"code": [ErrorDetail(told, code="second_factor_required")]})
    if not is_right_code(user, code):
        told = "This code is not right. Codes of an app change every 30 seconds, and each works once."
        raise serializers.ValidationError({"code": [ErrorDetail(told, code="second_factor_wrong")]})


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
        description="You get the same token until it is revoked or your password changes. Whoever sends many wrong "
        "passwords or codes has to wait. A user with a second factor sends its code as well.",
        auth=[],
        request=PasswordSerializer,
        responses={200: TokenSerializer},
    )
    def post(self, request: Request) -> Response:
        form = PasswordSerializer(data=request.data, context={"request": request})
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
        return [PerAddress()] if self._obtains() else []

    def _obtains(self) -> bool:
        return getattr(self.request, "method", None) == "POST"
