"""Reads id tokens of the single sign-on provider, and believes none of another key, issuer, client or login."""

from __future__ import annotations

import hashlib
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.utils.crypto import constant_time_compare

# Signatures by a key that only the provider has: none with the client's secret (HS…), and never "none".
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
# 30 s: the clocks of two machines.
LEEWAY_S = 30


def nonce_of(verifier: str) -> str:
    """Returns the nonce of one login, made of its PKCE verifier, which only this site and the session know."""
    return hashlib.sha256(f"nonce {verifier}".encode()).hexdigest()


def claims_in(id_token: str, *, keys: dict[str, Any], issuer: str, client: str, nonce: str) -> dict[str, Any]:
    """Returns what a valid id token says. Raises OAuth2Error for any other.

    django-allauth skips the signature if the token came straight from the provider, and knows no nonce. Here the way
    to the provider need not be trusted.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            _key_of(id_token, keys),
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=client,
            leeway=LEEWAY_S,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        raise OAuth2Error(f"The id token is not valid: {error}") from error
    if not constant_time_compare(str(claims.get("nonce")), nonce):
        raise OAuth2Error("The id token is of another login: its nonce differs.")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != client:
        raise OAuth2Error("The id token was issued to another client.")
    return claims


def _key_of(id_token: str, keys: dict[str, Any]) -> jwt.PyJWK:
    """Returns the provider's key that the token names; the only one if it names none."""
    found = jwt.PyJWKSet.from_dict(keys)
    name = jwt.get_unverified_header(id_token).get("kid")
    if name is None and len(found.keys) == 1:
        return found.keys[0]
    return found[str(name)]
