"""Answers a server that asks for a login, over HTTP and RTSP alike: Basic, and Digest with MD5, SHA-256 or SHA-512."""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field

from streams.pipeline.errors import SourceDown
from streams.pipeline.reasons import Reason

_HASHES = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}
_STRONGEST_FIRST = ("SHA-512-256", "SHA-256", "MD5")
_SCHEME = re.compile(r"\s*([A-Za-z][\w-]*)(?:\s+(.*))?$", re.S)
_FIELD = re.compile(r'([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))')


@dataclass(slots=True)
class CameraLogin:
    """User and password of a camera, and what its server asked for last."""

    username: str
    password: str = field(repr=False)
    in_clear: bool = True
    """Whether a server that asks for the password in clear (Basic) gets it."""
    _challenge: dict[str, str] | None = None
    _count: int = 0
    _holds: bool = False
    """Whether the server has taken the login with its last challenge."""

    @property
    def given(self) -> bool:
        return bool(self.username or self.password)

    def challenged(self, challenges: Iterable[str]) -> None:
        """Takes the server's WWW-Authenticate headers; `header` answers from now on.

        Raises SourceDown if the login is missing, was refused, or none of the kinds is known.
        """
        if not self.given:
            raise SourceDown(Reason.LOGIN_WANTED.said())
        chosen = _strongest(challenges)
        if chosen["scheme"] == "basic" and not self.in_clear:
            raise SourceDown(Reason.LOGIN_IN_CLEAR.said())
        if self._challenge is not None and not self._is_fresh(chosen, self._challenge):
            raise SourceDown(Reason.LOGIN_REFUSED.said())
        self._challenge, self._count, self._holds = chosen, 0, False

    def taken(self) -> None:
        """Notes that the server answered with something else than 401."""
        self._holds = True

    def header(self, method: str, target: str) -> str | None:
        """Returns the Authorization header for one request; None if the server has not asked."""
        asked = self._challenge
        if asked is None:
            return None
        if asked["scheme"] == "basic":
            return "Basic " + b64encode(f"{self.username}:{self.password}".encode()).decode()
        self._count += 1
        return _digest(asked, self.username, self.password, method, target, self._count)

    def _is_fresh(self, new: dict[str, str], old: dict[str, str]) -> bool:
        """Returns whether the server only wants a fresher nonce.

        Many cameras do not say so (`stale`), and some give a nonce for one question alone: then the login was right
        if they took it with the nonce before.
        """
        is_stale = new.get("stale", "").lower() == "true"
        return new["scheme"] == "digest" and new.get("nonce") != old.get("nonce") and (is_stale or self._holds)


def _strongest(challenges: Iterable[str]) -> dict[str, str]:
    found = [_parsed(challenge) for challenge in challenges]
    for algorithm in _STRONGEST_FIRST:
        for each in found:
            if each["scheme"] == "digest" and each["algorithm"].removesuffix("-SESS") == algorithm:
                return each
    for each in found:
        if each["scheme"] == "basic":
            return each
    kinds = ", ".join(f"{each['scheme']} {each['algorithm']}".strip() for each in found)
    raise SourceDown(Reason.LOGIN_UNKNOWN.said(kinds=kinds or "none"))


def _parsed(challenge: str) -> dict[str, str]:
    match = _SCHEME.match(challenge)
    scheme, rest = (match[1].lower(), match[2] or "") if match else ("", "")
    fields = {name.lower(): re.sub(r"\\(.)", r"\1", quoted) or bare for name, quoted, bare in _FIELD.findall(rest)}
    algorithm = fields.get("algorithm", "MD5").upper() if scheme == "digest" else ""
    return {**fields, "scheme": scheme, "algorithm": algorithm}


def _digest(asked: dict[str, str], username: str, password: str, method: str, target: str, count: int) -> str:
    """RFC 7616; without qop as RFC 2069, which cameras still use over RTSP."""
    algorithm, nonce, realm = asked["algorithm"], asked.get("nonce", ""), asked.get("realm", "")

    def hashed(text: str) -> str:
        return hashlib.new(_HASHES[algorithm.removesuffix("-SESS")], text.encode(), usedforsecurity=False).hexdigest()

    ours, nc = secrets.token_hex(8), f"{count:08x}"
    secret = hashed(f"{username}:{realm}:{password}")
    if algorithm.endswith("-SESS"):
        secret = hashed(f"{secret}:{nonce}:{ours}")
    request = hashed(f"{method}:{target}")
    with_qop = "auth" in [each.strip() for each in asked.get("qop", "").split(",")]
    between = f"{nonce}:{nc}:{ours}:auth" if with_qop else nonce
    fields = {"username": username, "realm": realm, "nonce": nonce, "uri": target}
    fields["response"] = hashed(f"{secret}:{between}:{request}")
    if "opaque" in asked:
        fields["opaque"] = asked["opaque"]
    if with_qop or algorithm.endswith("-SESS"):
        fields["cnonce"] = ours
    said = ", ".join(f'{name}="{_escaped(value)}"' for name, value in fields.items())
    return f"Digest {said}, algorithm={algorithm}" + (f", qop=auth, nc={nc}" if with_qop else "")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
