"""A camera's user and password, on the way from the person who enters them to the child that needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from streams.cameras.sealing import seal, unseal
from streams.cameras.source_rules import validate_source
from streams.errors import BadSource, SealBroken
from streams.pipeline.errors import BadAddress
from streams.pipeline.sources.credentials import joined, split
from streams.records.camera import Camera


@dataclass(frozen=True, slots=True)
class Entered:
    """The source and login that a person entered; `password` None means none was entered: the stored one stays."""

    source: str
    username: str
    password: str | None = field(repr=False)

    @classmethod
    def of(cls, source: str, username: str, password: str | None) -> Entered:
        """Checks the source and moves the user and password in it to their fields, where they win.

        Raises ValidationError by field.
        """
        try:
            validate_source(source)
            parts = split(source)
        except ValidationError as bad:
            raise ValidationError({"source": bad}) from None
        except BadAddress as bad:
            raise ValidationError({"source": bad.said}) from None
        return cls(parts.source, parts.username or username, parts.password or password)

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
        if self.password is not None:
            camera.sealed_password = seal(self.password)

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
        return joined(camera.source, camera.username, unseal(camera.sealed_password))
    except SealBroken as broken:
        raise BadSource(broken.said) from None


def _server(source: str) -> tuple[str, str | None, int | None]:
    url = urlsplit(source)
    return url.scheme, url.hostname, url.port
