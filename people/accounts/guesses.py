"""Limits how often passwords and second-factor codes may be guessed, over all ways in together.

The login page, the API's token, changes of a password and second-factor codes ask here *before* anything is hashed or
compared. A right answer is taken back, so only wrong ones count.

Wrong guesses from elsewhere must not lock a known person out. Whoever has logged in from a network within 30 days is
known there: for this pair of name and network only its own wrong guesses count, neither those that strangers make
for the name nor those of other names from the same address. A stranger's guesses are limited by all three: by the
pair, by the address (one machine tries many names), and by the name (many machines try one name). A person at a new
place whose name is under attack waits, logs in where they are known, or resets the password by mail, which makes the
new place known.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from django.core.cache import cache

from people.base.call_counts import CountedCall, count_call, digest, seconds_left
from people.errors import TooManyTries

KNOWN_S = 30 * 86_400
"""How long a network stays known for a name after a login there."""
IPV6_PREFIX = 64
"""One household or machine has a whole network of this size, so its addresses count as one."""


@dataclass(frozen=True, slots=True)
class GuessLimit:
    """At most `most` wrong guesses in `window_s` seconds."""

    name: str
    most: int
    window_s: int

    def count(self, who: str) -> CountedCall:
        """Counts a guess of `who`. Raises TooManyTries beyond the limit."""
        counted = count_call(f"guess-{self.name}", who, self.window_s)
        if counted.number > self.most:
            raise TooManyTries(seconds_left(self.window_s))
        return counted


# 10 in 10 minutes: people who try their few passwords in turn get through, a list of 10,000 needs a week.
PER_PAIR = GuessLimit("pair", 10, 600)
# 20 in 10 minutes: the wrong entries of an office behind one address, whose people are mostly known there.
PER_ADDRESS = GuessLimit("address", 20, 600)
# 20 an hour: 480 guesses a day, however many machines guess.
PER_NAME = GuessLimit("name", 20, 3600)
# 10 an hour: three of 10^6 codes are good at a time, so a day of guesses hits with 0.07 %; the password is known then.
PER_CODE = GuessLimit("code", 10, 3600)


@dataclass(frozen=True, slots=True)
class Guess:
    """One counted guess."""

    counted: tuple[CountedCall, ...]

    def was_right(self) -> None:
        """Takes the guess back: it was none."""
        for each in self.counted:
            each.take_back()


def guess_password(name: str, address: str) -> Guess:
    """Counts a try of a password for `name` from `address`. Raises TooManyTries instead of letting it be hashed."""
    pair, network = _pair(name, address), _network(address)
    counted = [PER_PAIR.count(pair)]
    if not cache.get(_known_key(pair)):
        # In this order: what a blocked address sends does not use up the tries for a name.
        counted += [PER_ADDRESS.count(network), PER_NAME.count(_plain(name))]
    return Guess(tuple(counted))


def guess_code(user_id: int) -> Guess:
    """Counts a try of a second-factor code of one user. Raises TooManyTries instead of letting it be compared."""
    return Guess((PER_CODE.count(str(user_id)),))


def ask_mail(address: str, mail: str) -> None:
    """Counts a wish for a reset by mail, which is never taken back. Raises TooManyTries."""
    PER_ADDRESS.count(f"mail {_network(address)}")
    PER_CODE.count(f"mail {_plain(mail)}")


def make_known(name: str, address: str) -> None:
    """Remembers that the owner of `name` has logged in from the network of `address`."""
    cache.set(_known_key(_pair(name, address)), 1, timeout=KNOWN_S)


def _pair(name: str, address: str) -> str:
    return f"{_network(address)} {_plain(name)}"


def _known_key(pair: str) -> str:
    return f"known-{digest(pair)}"


def _plain(name: str) -> str:
    """Strips like the forms: otherwise a name with spaces around it would get its own tries."""
    return name.strip().lower()


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, IPV6_PREFIX), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)
