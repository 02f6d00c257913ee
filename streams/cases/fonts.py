"""The fonts of a case's PDF: Noto for most scripts, and Debian's fonts for what Noto's packages leave out.

Every font here may be embedded: Noto and Nanum by the SIL Open Font License, Droid by the Apache License, DejaVu by its
own free one. Only the letters that a document needs are embedded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

MISSING = "\N{REPLACEMENT CHARACTER}"
"""Stands for a letter that no font here has."""


@dataclass(frozen=True, slots=True)
class Font:
    """One font file, and the name by which the document calls it."""

    name: str
    path: Path

    def letters(self) -> frozenset[int]:
        """Returns the code points that it can draw."""
        return _letters(self.path)


@cache
def _letters(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or {})


def _noto(name: str, package: str, file: str) -> Font:
    return Font(name, Path(str(files(package) / "files" / file)))


def base_font() -> Font:
    """The font of everything: Latin, Greek and Cyrillic letters."""
    return _noto("noto", "fontpkg_noto_sans", "NotoSans[wdth,wght].ttf")


def further_fonts() -> list[Font]:
    """The fonts for other scripts that are on this machine, the better ones first."""
    debian = Path("/usr/share/fonts/truetype")
    fonts = [
        _noto("arabic", "fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
        _noto("devanagari", "fontpkg_noto_sans_devanagari", "NotoSansDevanagari[wdth,wght].ttf"),
        _noto("thai", "fontpkg_noto_sans_thai", "NotoSansThai[wdth,wght].ttf"),
        Font("chinese", debian / "droid" / "DroidSansFallbackFull.ttf"),  # Japanese, too
        Font("korean", debian / "nanum" / "NanumGothic.ttf"),
        Font("dejavu", debian / "dejavu" / "DejaVuSans.ttf"),  # Hebrew, Armenian, Georgian
    ]
    return [font for font in fonts if font.path.exists()]


def fonts_for(texts: Iterable[str]) -> tuple[list[Font], frozenset[int]]:
    """Returns the further fonts that these texts need, and the code points that no font has."""
    wanted = frozenset(map(ord, "".join(texts))) - base_font().letters() - _CONTROLS
    needed = []
    for font in further_fonts():
        if wanted & font.letters():
            needed.append(font)
            wanted -= font.letters()
    return needed, wanted


_CONTROLS = frozenset({*range(32), 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFE0E, 0xFE0F})
"""Line breaks, and marks that draw nothing."""


def drawable(text: str, missing: frozenset[int]) -> str:
    """Returns `text` with MISSING for each letter that no font has."""
    return "".join(MISSING if ord(letter) in missing else letter for letter in text)
