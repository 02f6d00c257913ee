"""The PDF of a certificate: what was erased, when, on what request, what still keeps it, and how it is checked."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.utils.dateparse import parse_datetime
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from people.base.site_time import time_words
from streams.cases.fonts import base_font, drawable, fonts_for
from streams.erasing.certificate import Certificate

MARGIN_MM, LINE_MM, LABEL_MM = 18.0, 5.0, 62.0
GREY = (95, 95, 95)
LEFT_TO_RIGHT = "\u200e"
INTRODUCTION = (
    "This site has erased everything that it had about one person. The certificate does not say who it was: it has a "
    "reference, which whoever asked for the erasure can keep."
)
HOW_TO_CHECK = (
    "Whoever runs the site can look again at any time whether something of it is back: manage.py verify_erasure FILE, "
    "with the JSON file of this certificate, which the site has signed (Ed25519)."
)


def document_of(certificate: Certificate) -> bytes:
    """Returns the PDF of a certificate."""
    said = certificate.said
    parts = [*_parts(certificate)]
    pdf = _CertificatePdf(
        said["reference"], [INTRODUCTION, HOW_TO_CHECK, *(text for part in parts for text in _texts(part))]
    )
    pdf.add_page()
    pdf.heading("Certificate of an erasure", 18)
    pdf.paragraph(INTRODUCTION)
    for title, lines in parts:
        pdf.heading(title, 12)
        for label, value in lines:
            pdf.fact(label, value) if label else pdf.paragraph(value)
    out = io.BytesIO()
    pdf.output(out)
    return out.getvalue()


Part = tuple[str, list[tuple[str, str]]]


def _parts(certificate: Certificate) -> Iterator[Part]:
    said = certificate.said
    asked = [
        ("Reference", said["reference"]),
        ("On what request", said["request"]),
        ("Asked for by", f"{said['asked_by']}, {_at(said['asked_at'])}"),
        ("Erased", _at(said["erased_at"])),
        ("Sightings", said["sightings"]),
    ]
    yield "What was done", [*asked, *([("Site", said["site"])] if said["site"] else [])]
    yield "What was erased", [(words.capitalize(), f"{number:,}") for words, number in said["erased"].items()]
    if said["engines"]:
        yield "Engines whose encodings were erased", [(f"{number:,}", key) for key, number in said["engines"].items()]
    if said["handed_over"]:
        yield "What had been handed over, and is out of the site's reach", [*_handed_over(said["handed_over"])]
    yield "What may still keep it", [("", each) for each in said["remains"]]
    yield (
        "How it is checked",
        [
            ("", HOW_TO_CHECK),
            ("Key, SHA-256", certificate.fingerprint),
            ("Signature", certificate.signature),
        ],
    )


def _handed_over(rows: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for row in rows:
        fetched = ", ".join(_at(each) for each in row["fetched"])
        yield row["what"].capitalize(), f"{row['id']}, fetched {fetched}" if fetched else row["id"]


def _at(text: str) -> str:
    at = parse_datetime(text)
    return time_words(at) if at else text


def _texts(part: Part) -> list[str]:
    return [part[0], *(f"{label} {value}" for label, value in part[1])]


class _CertificatePdf(FPDF):
    def __init__(self, reference: str, texts: list[str]) -> None:
        super().__init__(format="A4")
        self._reference = reference
        further, self._missing = fonts_for([*texts, "·"])
        self.add_font("noto", fname=str(base_font().path))
        for font in further:
            self.add_font(font.name, fname=str(font.path))
        self.set_fallback_fonts([font.name for font in further], exact_match=False)
        self.set_text_shaping(True)
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(True, margin=MARGIN_MM + 4)
        self.set_title(f"Certificate of an erasure {reference}")
        self.set_creator("facesite")
        self.set_lang("en")

    def footer(self) -> None:
        self.set_y(-MARGIN_MM)
        self._style(8, GREY)
        self.cell(0, 4, f"Erasure {self._reference} · page {self.page_no()} of {{nb}}", align="C")

    def heading(self, text: str, size: float) -> None:
        self.ln(3)
        self._style(size)
        self.multi_cell(0, size * 0.5, self._drawn(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def paragraph(self, text: str) -> None:
        self._style(10)
        self.multi_cell(0, LINE_MM, self._drawn(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def fact(self, label: str, value: str) -> None:
        if self.will_page_break(2 * LINE_MM):
            self.add_page()
        top = self.get_y()
        self._style(10, GREY)
        self.multi_cell(LABEL_MM, LINE_MM, self._drawn(label), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        below = self.get_y()
        self.set_xy(self.l_margin + LABEL_MM, top)
        self._style(10)
        self.multi_cell(0, LINE_MM, self._drawn(value), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_y(max(below, self.get_y()))

    def _style(self, size: float, colour: tuple[int, int, int] = (0, 0, 0)) -> None:
        self.set_font("noto", "", size)
        self.set_text_color(*colour)

    def _drawn(self, text: str) -> str:
        drawn = drawable(text, self._missing)
        turns = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in drawn)
        return LEFT_TO_RIGHT + drawn if turns else drawn
