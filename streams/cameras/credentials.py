"""A camera's user and password, on the way from the person who enters them to the child that needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from streams.cameras.sealing import seal, unseal
from streams.cameras.source_rules import validate_source
from streams.errors import BadSource, SealBroken
from streams.pipeline.errors import BadAddress
from streams.pipeline.sources.credentials import TOKEN, joined, split
from streams.records.camera import Camera

BETWEEN = "\x1f"
"""Between password and token under one seal; nobody can type it."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The source and login that a person entered; `password` None means none was entered: the stored one stays."""

    source: str
    username: str
    password: str | None = field(repr=False)
    token: str = field(default="", repr=False)
    """A second secret, which stood in the address; empty: the stored one stays if the source has a place for it."""

    @classmethod
    def of(cls, source: str, username: str, password: str | None) -> Entered:
        """Checks the source and moves the user and password in it to their fields, where they win.

        Raises ValidationError by field.
        """
        try:
            if not source.isprintable():
                validate_source(source)
            parts = split(
                source, beside_login=bool(username or password)
            )  # first: what is wrong with an address is said without its password
            validate_source(parts.source)
        except ValidationError as bad:
            raise ValidationError({"source": bad}) from None
        except BadAddress as bad:
            raise ValidationError({"source": bad.said}) from None
        return cls(parts.source, parts.username or username, parts.password or password, parts.token)

    def put_into(self, camera: Camera, before: Camera | None) -> None:
        """Writes source and login into `camera`; `before` is the stored camera.

        Raises ValidationError if the stored password would go to a server for which it was not entered: users who may
        change a camera need not know its password, and could learn it that way.
        """
        if "://" not in self.source:  # files, devices and browsers need no login
            camera.source, camera.username, camera.sealed_password = self.source, "", ""
            return
        if before and self.password is None and before.has_password and _server(before.source) != _server(self.source):
            raise ValidationError({"password": "The camera's server has changed: enter its password again."})
        camera.source, camera.username = self.source, self.username
        if self.password is not None or self.token:
            camera.sealed_password = self._sealed(before)

    def _sealed(self, before: Camera | None) -> str:
        """Returns both secrets under one seal; what was not entered stays, on the server for which it was entered."""
        stored = _unsealed(before) if before and _server(before.source) == _server(self.source) else ("", "")
        password = stored[0] if self.password is None else self.password
        token = self.token or (stored[1] if TOKEN in self.source else "")
        return seal(f"{password}{BETWEEN}{token}" if token else password)

    def address(self, before: Camera | None) -> str:
        """Returns the address to open, secrets included. Raises ValidationError, and BadSource for a broken seal."""
        draft = Camera(sealed_password=before.sealed_password if before else "")
        self.put_into(draft, before)
        return address_of(draft)


def address_of(camera: Camera) -> str:
    """Returns the camera's source with user and password; it is only for the child: never show or log it.

    Raises BadSource if no key opens the stored password.
    """
    try:
        password, token = _unsealed(camera)
    except SealBroken as broken:
        raise BadSource(broken.said) from None
    return joined(camera.source, camera.username, password, token)


def _unsealed(camera: Camera) -> tuple[str, str]:
    """Returns password and token. Raises SealBroken."""
    password, _, token = unseal(camera.sealed_password).partition(BETWEEN)
    return password, token


def _server(source: str) -> tuple[str, str | None, int | None]:
    url = urlsplit(source)
    return url.scheme, url.hostname, url.port
