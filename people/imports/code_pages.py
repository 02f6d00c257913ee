"""Tells which code page the names in a ZIP are written in, by what they would be as names of people.

A name has few letters, too few for the statistics of detectors that are made for texts. So this looks at what makes a
name: words begin with capitals, have letters of one script and of one language, and no signs; names from East Asia
begin with a surname.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from people.base.names import composed
from people.imports.alphabets import CYRILLIC, HAN_SURNAMES, HANGUL_SURNAMES, LATIN, VOWELS, WEIGHTS
from people.imports.double_bytes import rare_characters

CODE_PAGES = {
    "cp1252": "Western European (Windows)",
    "cp850": "Western European (DOS)",
    "cp437": "English (DOS)",
    "cp1250": "Central European (Windows)",
    "cp852": "Central European (DOS)",
    "cp1251": "Cyrillic (Windows)",
    "cp866": "Cyrillic (DOS)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "cp1254": "Turkish (Windows)",
    "cp857": "Turkish (DOS)",
    "cp1253": "Greek (Windows)",
    "cp737": "Greek (DOS)",
    "cp1255": "Hebrew (Windows)",
    "cp862": "Hebrew (DOS)",
    "cp1256": "Arabic (Windows)",
    "cp932": "Japanese (Shift-JIS)",
    "gb18030": "Chinese, simplified (GBK)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean",
    "cp1257": "Baltic (Windows)",
    "cp1258": "Vietnamese (Windows)",
    "cp874": "Thai",
    "mac-roman": "Western European (old Macs)",
}
"""Code pages and what people call them; of two that fit alike the first is taken."""
UNUSUAL = {"koi8-r": -1.0, "cp1257": -1.0, "cp1258": -1.0, "cp874": -1.0, "mac-roman": -2.0}
"""What has to speak more for code pages that hardly any program writes into a ZIP."""
# 200 names tell as much as 5,000, in half a second instead of ten.
MOST_JUDGED = 200
# A sign or a letter of another script in a name outweighs several usual letters.
SIGN, MIXED, FOREIGN, BAD_CASE, RARE = -3.0, -4.0, -2.0, -3.0, -2.0
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Decoding:
    """The names as one code page has them; a higher score is likelier."""

    code_page: str
    names: tuple[str, ...]
    score: float


def decodings(names: Sequence[bytes]) -> list[Decoding]:
    """Returns every code page in which the names can be read, likeliest first, without those that read them alike."""
    found: dict[tuple[str, ...], Decoding] = {}
    for code_page in CODE_PAGES:
        try:
            texts = tuple(name.decode(code_page) for name in names)
        except UnicodeDecodeError:
            continue
        if texts not in found:
            judged = list(zip(names, texts, strict=True))[:: len(names) // MOST_JUDGED + 1]
            found[texts] = Decoding(code_page, texts, plausibility(judged, code_page))
    return sorted(found.values(), key=lambda each: -each.score)


def plausibility(names: Iterable[tuple[bytes, str]], code_page: str) -> float:
    """Scores names, each with its bytes; only what is not ASCII counts."""
    return sum(_of_name(raw, text, code_page) for raw, text in names) + UNUSUAL.get(code_page, 0.0)


def _of_name(raw: bytes, text: str, code_page: str) -> float:
    text = composed(text)
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    rest = [char for char in _WORD.sub("", text) if not char.isascii()]
    rare = RARE * rare_characters(raw, code_page)
    return _of_language(words) + sum(map(_of_word, words)) + SIGN * len(rest) + rare


def _of_language(words: Sequence[str]) -> float:
    """Scores whether one Latin alphabet has all letters of a name."""
    foreign = {char for word in words for char in word.lower() if not char.isascii() and _script(char) == "LATIN"}
    return 0.0 if not foreign or any(foreign <= language for language in LATIN) else FOREIGN


def _of_word(word: str) -> float:
    scripts = {_script(char) for char in word if char.isalpha()}
    if scripts & {"HAN", "HANGUL", "KANA"}:
        return _of_east_asian(word, scripts)
    if len(scripts) > 1:
        return MIXED
    signs = sum(char in "ªºµƒˆ" for char in word)
    return SIGN * signs + _of_case(word) + _of_letters(word, scripts)


def _of_letters(word: str, scripts: set[str]) -> float:
    letters = word.lower()
    foreign = {char for char in letters if not char.isascii() and char.isalpha()}
    if scripts == {"LATIN"}:
        weights = [_weight(char) for char in word if not char.isascii()]
        many = FOREIGN if len(weights) * 2 > len(word) > 2 else 0.0
        few = -1.0 if _vowels(letters) < 0.2 and len(word) > 2 else 0.0
        return sum(weights) / len(weights) + _of_vowels_beside(letters) + many + few
    if scripts == {"CYRILLIC"} and not any(foreign <= language for language in CYRILLIC):
        return FOREIGN
    if scripts <= {"CYRILLIC", "GREEK"} and len(word) > 2:
        return 2.0 if 0.2 <= _vowels(letters) <= 0.8 else FOREIGN
    return 2.0 if scripts <= {"CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI"} else FOREIGN


def _weight(char: str) -> float:
    return WEIGHTS.get(char) or max(0.0, WEIGHTS.get(char.lower(), 0.0) - 0.2)


def _vowels(letters: str) -> float:
    """Returns the share of vowels among letters."""
    return sum(char in VOWELS or unicodedata.normalize("NFD", char)[0] in VOWELS for char in letters) / len(letters)


def _of_vowels_beside(letters: str) -> float:
    """Tells "Groß" from "Groá" and "Sáez" from "Sßez", which have the same bytes."""
    return -1.0 * len(re.findall(r"[aeiouäöü]á|(?<![aeiouyäöüéèáíóú])ß", letters))


def _of_case(word: str) -> float:
    """Scores capitals: at the beginning, or everywhere, and nowhere else beside a letter that is not ASCII."""
    if word.upper() == word.lower():
        return 0.0
    beside = [pair for pair in pairwise(word) if not "".join(pair).isascii()]
    within = [pair for pair in pairwise(word[1:]) if not "".join(pair).isascii()]
    wrong = sum(before.islower() and after.isupper() for before, after in beside)
    wrong += sum(before.isupper() and after.islower() for before, after in within)
    return BAD_CASE * wrong + (0.0 if word.isupper() else 0.5 if word[0].isupper() else -0.5)


def _of_east_asian(word: str, scripts: set[str]) -> float:
    if not scripts <= {"HAN", "KANA"} and scripts != {"HANGUL"}:
        return MIXED
    surnames = HANGUL_SURNAMES if "HANGUL" in scripts else HAN_SURNAMES
    return 0.5 * len(word) + (3.0 if word[0] in surnames else 0.0) + (1.0 if scripts == {"KANA"} else 0.0)


def _script(char: str) -> str:
    name = unicodedata.name(char, "?").split()
    match name[0]:
        case "CJK":
            return "HAN"
        case "HIRAGANA" | "KATAKANA" | "KATAKANA-HIRAGANA":
            return "KANA"
        case first:
            return first
