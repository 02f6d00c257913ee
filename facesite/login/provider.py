"""The single sign-on provider: OpenID Connect with PKCE, a nonce and checked signatures, as the settings name it."""

from __future__ import annotations

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from facesite.login.id_tokens import claims_in, nonce_of

KEPT = ("sub", "preferred_username", "name", "given_name", "family_name", "email", "email_verified")
"""What is kept of the provider's words, beside the groups."""


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):
    """Talks to the provider."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Returns the provider's own description. Raises OAuth2Error if it describes another issuer."""
        config: dict[str, Any] = super().openid_config
        if str(config.get("issuer")).rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
            raise OAuth2Error(f"OIDC_ISSUER describes itself as {config.get('issuer')}.")
        return config

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return request.build_absolute_uri(reverse("single_sign_on_callback"))

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        self._nonce = nonce_of(pkce_code_verifier or "")
        return super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> Any:
        claims = claims_in(
            kwargs["response"].get("id_token") or "",
            keys=self._keys(),
            issuer=self.openid_config["issuer"],
            client=app.client_id,
            nonce=self._nonce,
        )
        told = self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else {}
        if told.get("sub", claims["sub"]) != claims["sub"]:
            raise OAuth2Error("The provider tells of somebody else than its id token.")
        return self.get_provider().sociallogin_from_response(request, {"userinfo": {**claims, **told}})

    def _keys(self) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            response = session.get(self.openid_config["jwks_uri"])
            response.raise_for_status()
            keys: dict[str, Any] = response.json()
        return keys


class SingleSignOn(OpenIDConnectProvider):
    """The provider as django-allauth knows it."""

    oauth2_adapter_class = OpenIDAdapter

    def get_pkce_params(self) -> dict[str, Any]:
        params = super().get_pkce_params()
        return {**params, "nonce": nonce_of(params["code_verifier"])}

    def get_default_scope(self) -> list[str]:
        return list(settings.OIDC_SCOPES)

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        told = data["userinfo"]
        groups = told.get(settings.OIDC_GROUPS) or []
        return {
            **{name: told[name] for name in KEPT if name in told},
            "groups": [str(group) for group in (groups if isinstance(groups, list) else [groups])],
        }


def the_app() -> SocialApp | None:
    """Returns what the settings say of the provider; None on a site without one."""
    if not settings.OIDC_ISSUER:
        return None
    return SocialApp(
        provider=SingleSignOn.id,
        # Accounts are linked by issuer and subject: another provider's subjects are other people.
        provider_id=settings.OIDC_ISSUER,
        name=settings.OIDC_NAME,
        client_id=settings.OIDC_CLIENT_ID,
        secret=settings.OIDC_CLIENT_SECRET,
        settings={"server_url": settings.OIDC_ISSUER.rstrip("/"), "oauth_pkce_enabled": True},
    )


def provider_name() -> str:
    """Returns how the pages call the provider; "" on a site without one."""
    return str(settings.OIDC_NAME) if settings.OIDC_ISSUER else ""
