"""Errors of a CompreFace server that people are moved from."""

from __future__ import annotations

from people.errors import PeopleError


class CompreFaceError(PeopleError):
    """Any refusal or failure of a CompreFace; its `str()` may be shown to users."""

    code = "compreface"


class CompreFaceRefused(CompreFaceError):
    """The server answers with a refusal: the key, the address or the version is wrong. A retry does not help."""

    code = "compreface_refused"


class Unreachable(CompreFaceError):
    """The server does not answer, or answers every attempt with a server error."""

    code = "compreface_unreachable"


class Incomplete(CompreFaceError):
    """CompreFace's list of faces changed during both attempts to read it."""

    code = "compreface_incomplete"


class BadName(PeopleError):
    """A subject has a name that no person can have."""

    code = "bad_name"
