"""Takes user, password and tokens out of an address when it is saved, and puts them back right before it is opened.

Cameras expect them before the host (rtsp://user:secret@host), in the query (?usr=…&pwd=…) or in the path
(/user=…_password=…_channel=1). There {username}, {password} and {token} mark their places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from streams.pipeline.errors import BadAddress
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.addresses import PASSWORD_NAMES, SECRET_NAMES, USER_NAMES

USERNAME, PASSWORD, TOKEN = "{username}", "{password}", "{token}"
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.%\w]+\]|[\w.-]+)(?::\d*)?(?=[/?#]|$)")
_PLACE_NAME = re.compile(r"\[|[\w-]+\.[\w.-]+(?::|$)|localhost(?::|$)")
"""What is surely a host: an address, or a name with a dot."""
_NAMES = "|".join(sorted(USER_NAMES | SECRET_NAMES, key=len, reverse=True))
# A value ends at a separator; in paths also before `_name=`, as recorders write them.
_PAIR = re.compile(rf"(?<![A-Za-z0-9])({_NAMES})=(.*?)(?=[&;/?#]|_[A-Za-z][A-Za-z0-9]*=|$)", re.I)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


@dataclass(frozen=True, slots=True)
class Parts:
    """An address without secrets, and its secrets as a person would write them, not percent-encoded."""

    source: str
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    """A second secret beside the password; alone it counts as the password."""


def split(source: str, *, beside_login: bool = False) -> Parts:
    """Takes user, password and token out of `source`; paths and device numbers have none.

    A token alone counts as the password, unless there is a login elsewhere (`beside_login`). Raises BadAddress if it is
    unclear which part is the password.
    """
    if "://" not in source:
        return Parts(source)
    before_host = split_before_host(source)
    found = _Found(before_host.username, before_host.password)
    scheme, rest = before_host.source.split("://", 1)
    place = _HOST.match(rest)
    host, behind = (rest[: place.end()], rest[place.end() :]) if place else (rest, "")
    marked = _PAIR.sub(found.take, behind)
    marked = marked if beside_login else found.marked_alone(marked)
    return Parts(f"{scheme}://{host}{marked}", found.username, found.password, found.token)


def split_before_host(source: str) -> Parts:
    """Works like `split`, but takes out only the user and password before the host.

    A password may hold any character, encoded or not, as long as only one reading makes sense.
    """
    scheme, rest = source.split("://", 1)
    readings = [at for at, sign in enumerate(rest) if sign == "@" and _HOST.match(rest, at + 1)]
    first = rest[: min((rest.find(sign) for sign in "/?#" if sign in rest), default=len(rest))]
    if "@" not in first:
        readings = _unless_a_host(first, rest, readings)
    if not readings:
        return Parts(source)
    if len(readings) > 1:
        raise BadAddress(Reason.UNCLEAR_LOGIN.said())
    login, place = rest[: readings[0]], rest[readings[0] + 1 :]
    username, _, password = login.partition(":")
    return Parts(f"{scheme}://{place}", _decoded(username), _decoded(password))


def _unless_a_host(first: str, rest: str, readings: list[int]) -> list[int]:
    """Returns the readings in which a password holds a / ? or #: none if the address begins with a host.

    Raises BadAddress if both may be meant, as in rtsp://ann:12/3@host/1.
    """
    readings = [at for at in readings if ":" in rest[:at]]
    if not readings or ":" not in first or _PLACE_NAME.match(first):
        return []
    if _HOST.fullmatch(first) and not first.endswith(":"):
        raise BadAddress(Reason.UNCLEAR_LOGIN.said())
    return readings


def _decoded(text: str) -> str:
    """Decodes what was percent-encoded. Raises BadAddress if only a part of it seems to be."""
    if _ESCAPE.search(text) and re.search(r"[/?#@:]", text):
        raise BadAddress(Reason.UNCLEAR_LOGIN.said())
    return unquote(text)


class _Found:
    """The login and token found so far."""

    def __init__(self, username: str, password: str) -> None:
        self.username, self.password, self.token = username, password, ""

    def take(self, pair: re.Match[str]) -> str:
        """Takes the value of one pair out of the address; returns the pair with a mark."""
        name, value = pair[1], unquote(pair[2])
        if not value or value in (USERNAME, PASSWORD, TOKEN):
            return pair[0]
        if name.lower() in USER_NAMES:
            self.username = _only(self.username, value, "user names")
            return f"{name}={USERNAME}"
        if name.lower() in PASSWORD_NAMES or value == self.password:
            self.password = _only(self.password, value, "passwords")
            return f"{name}={PASSWORD}"
        self.token = _only(self.token, value, "tokens")
        return f"{name}={TOKEN}"

    def marked_alone(self, marked: str) -> str:
        """Makes a token that is the only secret the password."""
        if self.token and (not self.password or self.password == self.token):
            self.password, self.token = self.token, ""
            return marked.replace(TOKEN, PASSWORD)
        return marked


def joined(source: str, username: str, password: str, token: str = "") -> str:
    """Returns the address to open: the opposite of `split`. Never show it to anybody."""
    if "://" not in source or not (username or password or token):
        return source
    user, secret = quote(username, safe=""), quote(password, safe="")
    source = source.replace(TOKEN, quote(token, safe=""))
    marked = USERNAME in source or PASSWORD in source
    if marked and (USERNAME in source or not username):
        return source.replace(USERNAME, user).replace(PASSWORD, secret)
    source = source.replace(PASSWORD, secret)  # a user name without a mark stands before the host
    if not (username or password):
        return source
    scheme, rest = source.split("://", 1)
    return f"{scheme}://{user}:{secret}@{rest}" if password else f"{scheme}://{user}@{rest}"


def _only(one: str, other: str, what: str) -> str:
    if one and other and one != other:
        raise BadAddress(Reason.TWO_LOGINS.said(what=what))
    return one or other
