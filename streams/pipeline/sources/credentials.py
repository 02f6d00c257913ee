"""Takes user and password out of an address when it is saved, and puts them back right before it is opened.

Cameras expect them before the host (rtsp://user:secret@host) or in the query (?usr=…&pwd=…). In the query,
{username} and {password} mark their places.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from streams.pipeline.errors import BadAddress
from streams.pipeline.reasons import Reason
from streams.pipeline.sources.addresses import SECRET_NAMES, USER_NAMES

USERNAME, PASSWORD = "{username}", "{password}"


@dataclass(frozen=True, slots=True)
class Parts:
    """An address without secrets, and its secrets as a person would write them, not percent-encoded."""

    source: str
    username: str = ""
    password: str = field(default="", repr=False)


def split(source: str) -> Parts:
    """Takes user and password out of `source`; paths and device numbers have none.

    Raises BadAddress if it is unclear which part is the password.
    """
    if "://" not in source:
        return Parts(source)
    before_host, in_query = split_before_host(source), _split_query(source)
    if before_host.source != source and "@" in urlsplit(source).path:
        raise BadAddress(Reason.UNCLEAR_LOGIN.said())
    return Parts(
        _split_query(before_host.source).source,
        _only(before_host.username, in_query.username, "user names"),
        _only(before_host.password, in_query.password, "passwords"),
    )


def split_before_host(source: str) -> Parts:
    """Works like `split`, but takes out only the user and password before the host."""
    url = urlsplit(source)
    login, at, place = url.netloc.rpartition("@")
    if not at:
        return Parts(source)
    username, _, password = login.partition(":")
    return Parts(urlunsplit(url._replace(netloc=place)), unquote(username), unquote(password))


def joined(source: str, username: str, password: str) -> str:
    """Returns the address to open: the opposite of `split`. Never show it to anybody."""
    if "://" not in source or not (username or password):
        return source
    user, secret = quote(username, safe=""), quote(password, safe="")
    marked = USERNAME in source or PASSWORD in source
    if marked and (USERNAME in source or not username):
        return source.replace(USERNAME, user).replace(PASSWORD, secret)
    source = source.replace(PASSWORD, secret)  # a user name without a mark stands before the host
    scheme, rest = source.split("://", 1)
    return f"{scheme}://{user}:{secret}@{rest}" if password else f"{scheme}://{user}@{rest}"


def _split_query(source: str) -> Parts:
    url = urlsplit(source)
    found = {USERNAME: "", PASSWORD: ""}
    pairs = []
    for pair in url.query.split("&"):
        name, _, value = pair.partition("=")
        mark = USERNAME if name.lower() in USER_NAMES else PASSWORD if name.lower() in SECRET_NAMES else ""
        if mark and value and value != mark:
            found[mark] = _only(found[mark], unquote(value), "user names" if mark == USERNAME else "passwords")
            pair = f"{name}={mark}"
        pairs.append(pair)
    if not any(found.values()):
        return Parts(source)
    return Parts(urlunsplit(url._replace(query="&".join(pairs))), found[USERNAME], found[PASSWORD])


def _only(one: str, other: str, what: str) -> str:
    if one and other and one != other:
        raise BadAddress(Reason.TWO_LOGINS.said(what=what))
    return one or other
