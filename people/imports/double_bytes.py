"""Tells usual from rare characters in the code pages that write a character with two bytes."""

from __future__ import annotations

_USUAL = {"gb18030": (0xB0, 0xD7, 0xA1), "big5": (0xA4, 0xC6, 0x40), "cp949": (0xB0, 0xC8, 0xA1)}
"""First and last lead byte, and lowest trail byte, of the characters that names have: their tables begin with them."""
SHIFT_JIS = "cp932"


def rare_characters(raw: bytes, code_page: str) -> int:
    """Counts the characters of a name that hardly any name has; 0 in a code page of single bytes."""
    if code_page not in _USUAL and code_page != SHIFT_JIS:
        return 0
    rare = index = 0
    while index < len(raw):
        lead = raw[index]
        if lead < 0x80 or (code_page == SHIFT_JIS and 0xA0 <= lead <= 0xDF):
            index += 1
            continue
        trail = raw[index + 1] if index + 1 < len(raw) else 0
        rare += not _is_usual(lead, trail, code_page)
        index += 2
    return rare


def _is_usual(lead: int, trail: int, code_page: str) -> bool:
    if code_page == SHIFT_JIS:
        # Signs 81, kana 82 and 83, the usual kanji 889F to 9872, rarer ones beyond.
        return lead in (0x81, 0x82, 0x83) or 0x88 <= lead <= 0x97 or (lead == 0x98 and trail <= 0x72)
    first, last, trails = _USUAL[code_page]
    return first <= lead <= last and trail >= trails
