"""Reads XML that devices send: bounded, without DTD, and nothing in it can open anything (defusedxml)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST_BYTES = 262_144
"""256 kB: an NVR with 64 profiles answers with about 100 kB."""
MOST_ELEMENTS = 20_000
LONGEST_WORD = 100
"""Characters of a name that is shown to people."""
LONGEST_ADDRESS = 500
"""Characters of an address, as a camera's source may have."""


class BadDocument(ValueError):
    """The text is no XML, too long, or brings a DTD or entities."""


def read_document(data: bytes) -> Element:
    """Returns the root. Raises BadDocument."""
    if len(data) > MOST_BYTES:
        raise BadDocument
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):  # LookupError: an encoding that nobody knows
        raise BadDocument from None
    if sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise BadDocument
    return root


def local(element: Element) -> str:
    """Returns the name without its namespace: firmware mixes ONVIF's namespaces up, but not its names."""
    return element.tag.rpartition("}")[2]


def all_named(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element.iter() if local(each) == name)


def first(element: Element | None, *path: str) -> Element | None:
    """Returns the first descendant of this name, and in it the next one; None if one is missing."""
    for name in path:
        element = None if element is None else next(all_named(element, name), None)
    return element


def text(element: Element | None, *path: str, longest: int = LONGEST_ADDRESS) -> str:
    """Returns the text of `first`, at most `longest` characters; "" if it is missing, longer or cannot be printed."""
    found = first(element, *path)
    said = (found.text or "").strip() if found is not None else ""
    return said if len(said) <= longest and said.isprintable() else ""


def word(said: str) -> str:
    """Returns a name for people: what cannot be printed is left out, and it is cut to LONGEST_WORD."""
    return "".join(sign for sign in said if sign.isprintable())[:LONGEST_WORD].strip()


def number(element: Element | None, *path: str) -> int:
    """Returns a number from 0 to 99,999; 0 if there is none."""
    said = text(element, *path, longest=5)
    return int(said) if said.isascii() and said.isdecimal() else 0
