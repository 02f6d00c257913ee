"""What can go wrong with a CompreFace."""

from __future__ import annotations

from people.errors import PeopleError


class CompreFaceError(PeopleError):
    """Any refusal or failure of a CompreFace; `str()` of it may be shown."""

    code = "compreface"


class CompreFaceRefused(CompreFaceError):
    """It answers, and says no: the key, the address or the version is the wrong one. Trying again is no use."""

    code = "compreface_refused"


class Unreachable(CompreFaceError):
    """It does not answer, or only with faults, however often it was asked."""

    code = "compreface_unreachable"
