"""Names as they are stored: letters of any script, and nothing that nobody sees."""

from __future__ import annotations

import pytest

from people.base.names import is_printable, printable

ALIREZA = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"
"""A Persian name whose parts a zero-width non-joiner keeps apart."""
SHRI = "\u0936\u094d\u200d\u0930\u0940"
"""An Indian word with a zero-width joiner after a virama."""


@pytest.mark.parametrize("name", [ALIREZA, SHRI, "山田\u3000太郎", "Jean\u202fPaul", "Ada Lovelace"])
def test_spaces_and_joiners_that_belong_to_a_name_stay(name: str) -> None:
    assert printable(f" {name} ") == name
    assert is_printable(f" {name} ")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("A\x00da", "Ada"),
        ("Ada\u202egpj", "Adagpj"),
        ("A\u200dda", "Ada"),
        (f"\u200c{ALIREZA}\u200d", ALIREZA),
        ("Ada\u2028Lovelace", "AdaLovelace"),
    ],
)
def test_what_nobody_sees_goes(name: str, shown: str) -> None:
    assert printable(name) == shown
    assert not is_printable(name)
