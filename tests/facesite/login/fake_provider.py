"""A small OpenID Connect provider on loopback: discovery, code flow with PKCE, signed id tokens, keys, userinfo."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "facesite", "a secret of the client"


@cache
def _own_key() -> rsa.RSAPrivateKey:
    """Made once, which takes 0.07 s of the processor."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class FakeProvider:
    """`with FakeProvider() as provider:` serves it; the attributes say who logs in, and what is wrong with it."""

    def __init__(self) -> None:
        self.person: dict[str, Any] = {"sub": "42", "preferred_username": "ann", "groups": ["staff"]}
        self.spoilt: dict[str, Any] = {}
        """Claims of the id token that differ from what they should be."""
        self.userinfo: dict[str, Any] = {}
        self.described: dict[str, Any] = {}
        self.key = self.signing_key = _own_key()
        self.algorithm, self.delay_s, self.denies = "RS256", 0.0, False
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def __enter__(self) -> FakeProvider:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._answer(self, "")

            def do_POST(self) -> None:
                provider._answer(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *args: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler, body: str) -> None:
        place = urlsplit(handler.path)
        self.asked.append(place.path)
        time.sleep(self.delay_s)
        sent = {name: values[0] for name, values in parse_qs(body or place.query).items()}
        if place.path == "/authorize":
            handler.send_response(302)
            handler.send_header("Location", self._authorized(sent))
            handler.end_headers()
            return
        pages = {
            "/.well-known/openid-configuration": self._description,
            "/keys": self._keys,
            "/token": lambda: self._token(sent),
            "/userinfo": lambda: {**self.person, **self.userinfo},
        }
        told = pages[place.path]() if place.path in pages else None
        handler.send_response(404 if told is None else 200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(json.dumps(told).encode())

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            **self.described,
        }

    def _keys(self) -> dict[str, Any]:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "first", "alg": "RS256", "use": "sig"}]}

    def _authorized(self, sent: dict[str, str]) -> str:
        assert sent["response_type"] == "code" and sent["code_challenge_method"] == "S256"
        assert sent["client_id"] == CLIENT and "openid" in sent["scope"].split()
        if self.denies:
            return f"{sent['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': sent['state']})}"
        code = f"code{len(self._codes)}"
        self._codes[code] = sent
        return f"{sent['redirect_uri']}?{urlencode({'code': code, 'state': sent['state']})}"

    def _token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        begun = self._codes.pop(sent["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if begun is None or proof != begun["code_challenge"] or sent["client_secret"] != SECRET:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": begun["nonce"]}
        claims = {**claims, **self.person, **self.spoilt}
        claims = {name: value for name, value in claims.items() if value is not None}
        key: Any = self.signing_key if self.algorithm == "RS256" else SECRET if self.algorithm == "HS256" else None
        token = jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": "first"})
        return {"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": token}
