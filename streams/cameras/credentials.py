"""A camera's user and password, on the way from the person who enters them to the child that needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from streams.cameras.sealing import seal, unseal
from streams.cameras.source_rules import validate_looking_source, validate_source
from streams.errors import BadSource, SealBroken
from streams.pipeline.errors import BadAddress
from streams.pipeline.sources.credentials import TOKEN, Parts, joined, split
from streams.records.camera import Camera

BETWEEN = "\x1f"
"""Between password and token under one seal; nobody can type it."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The addresses and login that a person entered; `password` None means none was entered: the stored one stays."""

    source: str
    username: str
    password: str | None = field(repr=False)
    looking_source: str = ""
    token: str = field(default="", repr=False)
    """A second secret, which stood in an address; empty: the stored one stays if an address has a place for it."""

    @classmethod
    def of(cls, source: str, username: str, password: str | None, looking_source: str = "") -> Entered:
        """Checks the addresses and moves the secrets in them to their fields, where they win.

        Raises ValidationError by field.
        """
        beside_login = bool(username or password)
        parts = _parts("source", source, beside_login=beside_login)
        smaller = _parts("looking_source", looking_source, beside_login=beside_login)
        login = _login(parts, smaller)
        token = parts.token or smaller.token
        return cls(parts.source, login[0] or username, login[1] or password, smaller.source, token)

    def put_into(self, camera: Camera, before: Camera | None) -> None:
        """Writes addresses and login into `camera`; `before` is the stored camera.

        Raises ValidationError if the stored password would go to a server for which it was not entered: users who may
        change a camera need not know its password, and could learn it that way.
        """
        if "://" not in self.source:  # files, devices and browsers need no login, and have one stream
            if self.looking_source:
                raise ValidationError({"looking_source": "Only a camera with a network address has a second stream."})
            camera.source, camera.username, camera.sealed_password, camera.looking_source = self.source, "", "", ""
            return
        if before and self.password is None and before.has_password and _server(before.source) != _server(self.source):
            raise ValidationError({"password": "The camera's server has changed: enter its password again."})
        camera.source, camera.username = self.source, self.username
        if self.password is not None or self.token:
            camera.sealed_password = self._sealed(before)
        self._put_smaller(camera, before)

    def _sealed(self, before: Camera | None) -> str:
        """Returns both secrets under one seal; what was not entered stays, on the server for which it was entered."""
        stored = _unsealed(before) if before and _server(before.source) == _server(self.source) else ("", "")
        password = stored[0] if self.password is None else self.password
        token = self.token or (stored[1] if TOKEN in self.source + self.looking_source else "")
        return seal(f"{password}{BETWEEN}{token}" if token else password)

    def _put_smaller(self, camera: Camera, before: Camera | None) -> None:
        is_kept = self.password is None and before is not None and before.has_password
        has_login = bool(self.username or self.password or self.token or is_kept)
        if self.looking_source and has_login and _server(self.looking_source) != _server(self.source):
            raise ValidationError(
                {"looking_source": "Both streams use one login, so they must come from the same server and port."}
            )
        camera.looking_source = self.looking_source

    def address(self, before: Camera | None) -> str:
        """Returns the address to open, secrets included. Raises ValidationError, and BadSource for a broken seal."""
        draft = Camera(sealed_password=before.sealed_password if before else "")
        self.put_into(draft, before)
        return address_of(draft)


def address_of(camera: Camera) -> str:
    """Returns the camera's source with user and password; it is only for the child: never show or log it.

    Raises BadSource if no key opens the stored password.
    """
    return _opened(camera, camera.source)


def looking_address_of(camera: Camera) -> str:
    """Returns the address of the camera's smaller stream in the same way."""
    return _opened(camera, camera.looking_source)


def _opened(camera: Camera, source: str) -> str:
    try:
        password, token = _unsealed(camera)
    except SealBroken as broken:
        raise BadSource(broken.said) from None
    return joined(source, camera.username, password, token)


def _unsealed(camera: Camera) -> tuple[str, str]:
    """Returns password and token. Raises SealBroken."""
    password, _, token = unseal(camera.sealed_password).partition(BETWEEN)
    return password, token


def _parts(name: str, source: str, *, beside_login: bool) -> Parts:
    """Splits the address in the field `name` and checks what is left of it. Raises ValidationError by field.

    In this order, so that what is wrong with an address is said without its password.
    """
    if name == "looking_source" and not source:
        return Parts("")
    validate = validate_source if name == "source" else validate_looking_source
    try:
        if not source.isprintable():
            validate(source)
        parts = split(source, beside_login=beside_login)
        validate(parts.source)
    except ValidationError as bad:
        raise ValidationError({name: bad}) from None
    except BadAddress as bad:
        raise ValidationError({name: bad.said}) from None
    return parts


def _login(one: Parts, two: Parts) -> tuple[str, str]:
    """Returns the one user and password in two addresses. Raises ValidationError if they hold two, or two tokens."""
    logins = [(parts.username, parts.password) for parts in (one, two) if parts.username or parts.password]
    tokens = {parts.token for parts in (one, two) if parts.token}
    if len(set(logins)) > 1 or len(tokens) > 1:
        raise ValidationError({"looking_source": "The two addresses hold different logins; a camera has one."})
    return logins[0] if logins else ("", "")


def _server(source: str) -> tuple[str, str | None, int | None]:
    url = urlsplit(source)
    return url.scheme, url.hostname, url.port
