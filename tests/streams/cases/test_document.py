"""The PDF of a case: names of any script, page numbers, and an honest word where a letter cannot be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.cases.document import Letterhead, PlacedEntry, PlacedPicture, document_of
from streams.cases.entries import CaseEntry, CasePicture
from streams.cases.fonts import MISSING, base_font, drawable, fonts_for
from tests.streams.cases.pictures import face

HEAD = Letterhead("1", "Side door", "For the police", [("By", "Ann")])


def entry(who: str, pictures: int = 0) -> CaseEntry:
    shown = tuple(CasePicture("at noon", "certain", face) for _ in range(pictures))
    return CaseEntry("1", who, "certain", "Door", "noon", "noon", "because", "0.3", 0.0, (), shown)


def placed(tmp_path: Path, number: int, who: str, pictures: int = 0) -> PlacedEntry:
    path = tmp_path / "face.jpg"
    path.write_bytes(face())
    one = entry(who, pictures)
    return PlacedEntry(number, one, [PlacedPicture("a.jpg", path, picture) for picture in one.pictures])


@pytest.mark.parametrize("name", ["Zoë Müller", "محمد بن سلمان", "अमिताभ बच्चन", "สมชาย ใจดี", "Дмитрий", "Ωμέγα"])
def test_names_of_many_scripts_have_a_font_that_comes_along(name: str) -> None:
    assert fonts_for([name])[1] == frozenset()


@pytest.mark.parametrize("name", ["王小明", "田中さくら", "김철수", "שרה כהן"])
def test_names_of_further_scripts_have_one_of_debian(name: str) -> None:
    fonts, missing = fonts_for([name])
    if not fonts:
        pytest.skip("no such font here: `make parts` installs them")
    assert missing == frozenset()


def test_only_the_fonts_that_are_needed_are_taken() -> None:
    assert fonts_for(["Ada Lovelace, 12:00"]) == ([], frozenset())
    assert [font.name for font in fonts_for(["محمد"])[0]] == ["arabic"]


def test_a_letter_without_a_font_is_said_to_be_missing() -> None:
    runes = "\U00012000Ada"  # cuneiform
    _, missing = fonts_for([runes])
    assert missing == {0x12000}
    assert drawable(runes, missing) == f"{MISSING}Ada"
    assert ord(MISSING) in base_font().letters()


def test_a_document_is_made_of_many_pages_with_numbers(tmp_path: Path) -> None:
    entries = [placed(tmp_path, number, f"محمد {number}", pictures=5) for number in range(1, 21)]
    pdf = document_of(HEAD, entries)
    assert pdf.count(b"/Type /Page\n") > 5
    assert len(pdf) < 1_000_000


def test_a_damaged_picture_spoils_nothing_else(tmp_path: Path) -> None:
    one = placed(tmp_path, 1, "Ada", pictures=2)
    (tmp_path / "face.jpg").write_bytes(b"\xff\xd8\xff\xe0 a picture \xff\xd9")
    assert document_of(HEAD, [one]).startswith(b"%PDF-")
