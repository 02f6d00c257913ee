"""A camera's user and password, on the way from the person who enters them to the child that needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from streams.cameras.sealing import seal, unseal
from streams.cameras.source_rules import validate_looking_source, validate_source
from streams.errors import BadSource, SealBroken
from streams.pipeline.errors import BadAddress
from streams.pipeline.sources.credentials import Parts, joined, split
from streams.records.camera import Camera


@dataclass(frozen=True, slots=True)
class Entered:
    """The addresses and login that a person entered; `password` None means none was entered: the stored one stays."""

    source: str
    username: str
    password: str | None = field(repr=False)
    looking_source: str = ""

    @classmethod
    def of(cls, source: str, username: str, password: str | None, looking_source: str = "") -> Entered:
        """Checks the addresses and moves the user and password in them to their fields, where they win.

        Raises ValidationError by field.
        """
        parts, smaller = _parts("source", source), _parts("looking_source", looking_source)
        login = _login(parts, smaller)
        return cls(parts.source, login[0] or username, login[1] or password, smaller.source)

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
        if self.password is not None:
            camera.sealed_password = seal(self.password)
        self._put_smaller(camera, before)

    def _put_smaller(self, camera: Camera, before: Camera | None) -> None:
        is_kept = self.password is None and before is not None and before.has_password
        has_login = bool(self.username or self.password or is_kept)
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
        return joined(source, camera.username, unseal(camera.sealed_password))
    except SealBroken as broken:
        raise BadSource(broken.said) from None


def _parts(name: str, source: str) -> Parts:
    """Checks the address in the field `name` and splits it. Raises ValidationError by field."""
    if name == "looking_source" and not source:
        return Parts("")
    try:
        (validate_source if name == "source" else validate_looking_source)(source)
        return split(source)
    except ValidationError as bad:
        raise ValidationError({name: bad}) from None
    except BadAddress as bad:
        raise ValidationError({name: bad.said}) from None


def _login(one: Parts, two: Parts) -> tuple[str, str]:
    """Returns the one user and password in two addresses. Raises ValidationError if they hold two."""
    logins = [(parts.username, parts.password) for parts in (one, two) if parts.username or parts.password]
    if len(set(logins)) > 1:
        raise ValidationError({"looking_source": "The two addresses hold different logins; a camera has one."})
    return logins[0] if logins else ("", "")


def _server(source: str) -> tuple[str, str | None, int | None]:
    url = urlsplit(source)
    return url.scheme, url.hostname, url.port
