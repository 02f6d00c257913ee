"""Foreign XML: bounded, without DTD and entities."""

from __future__ import annotations

import pytest

from streams.pipeline.onvif.documents import MOST_BYTES, BadDocument, number, read_document, text, word

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
HOSTILE = {
    "a billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l8;</a>',
    "a file": '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]><a>&f;</a>',
    "an address": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "a parameter entity": '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]><a/>',
    "an empty DTD": "<!DOCTYPE a><a/>",
    "an entity that nobody declared": "<a>&nobody;</a>",
    "an encoding that nobody knows": '<?xml version="1.0" encoding="x-nobody"?><a/>',
    "no XML": "hello",
    "nothing": "",
    "half": "<a><b>",
    "too long": f"<a>{'x' * MOST_BYTES}</a>",
    "too many elements": f"<a>{'<b/>' * 30_000}</a>",
    "a control character": "<a>\x01</a>",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_xml_is_refused(hostile: str) -> None:
    with pytest.raises(BadDocument):
        read_document(hostile.encode())


def test_deep_xml_is_read_without_recursion() -> None:
    assert text(read_document(b"<a>" * 15_000 + b"deep" + b"</a>" * 15_000), "b") == ""


def test_names_are_found_in_any_namespace_and_in_their_place() -> None:
    root = read_document(b'<x:a xmlns:x="urn:x"><x:b><c xmlns="urn:y"> one </c></x:b><c>two</c></x:a>')
    assert (text(root, "b", "c"), text(root, "b", "d"), text(root, "c")) == ("one", "", "one")


@pytest.mark.parametrize(
    ("said", "read"), [("640", 640), ("-1", 0), ("1e3", 0), ("٣", 0), ("999999", 0), ("", 0), ("6 4", 0)]
)
def test_a_number_is_a_size_or_nothing(said: str, read: int) -> None:
    assert number(read_document(f"<a><w>{said}</w></a>".encode()), "w") == read


def test_a_text_that_is_too_long_or_cannot_be_printed_is_none() -> None:
    root = read_document(f"<a><b>{'x' * 501}</b><c>one&#10;two</c></a>".encode())
    assert (text(root, "b"), text(root, "c")) == ("", "")
    assert word("Front\u202e\ndoor" + "x" * 200) == "Frontdoor" + "x" * 91
