"""The PDF of a case: what it is about, then each sighting with its pictures, times and how it was decided."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TextMode, XPos, YPos
from fpdf.errors import FPDFException

from streams.cases.entries import CaseEntry, CasePicture, FaceOutline
from streams.cases.fonts import MISSING, base_font, drawable, fonts_for
from streams.cases.manifest import TABLE

MARGIN_MM, PICTURE_MM, GAP_MM = 18.0, 34.0, 3.0
LINE_MM, SMALL_MM = 5.0, 4.0
FRAME_MM, FRAME_HEIGHT_MM = 100.0, 62.0
"""A whole frame is drawn no wider and no higher."""
ENTRY_MM, CAPTION_MM = 36.0, 10.0
"""About the height of the text of a sighting, and of that below its pictures: three sightings fit on a page."""
GREY = (95, 95, 95)
LEFT_TO_RIGHT = "\u200e"
"""A mark that draws nothing: without it a line that begins with an Arabic name would run from right to left."""
MISSING_NOTE = f"{MISSING} stands for a letter that no font of this document has; {TABLE} has all of them."
CAUTION = (
    "Faces were compared by a computer. “Certain” means that a face was nearer to the photos of the person named than "
    "the site's limit for a name; it is strong evidence, and no proof of identity. “Likely” must be looked at by a "
    "person, and “unknown” says that nobody enrolled was near enough. What a person decided by hand is marked as such."
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The facts on the first page."""

    id: str
    title: str
    reason: str
    facts: Sequence[tuple[str, str]]
    """Further lines as (label, value)."""


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture under its name in the ZIP, with a copy on disk."""

    name: str
    path: Path
    picture: CasePicture


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An entry with its number, and those of its pictures that could be fetched."""

    number: int
    entry: CaseEntry
    pictures: Sequence[PlacedPicture]
    clips: Sequence[str] = ()
    """Names of its clips in the ZIP."""


def document_of(head: Letterhead, entries: Sequence[PlacedEntry]) -> bytes:
    """Returns the PDF."""
    pdf = CasePdf(head, entries)
    pdf.first_page()
    for placed in entries:
        pdf.sighting(placed)
    out = io.BytesIO()
    pdf.output(out)
    return out.getvalue()


class CasePdf(FPDF):
    def __init__(self, head: Letterhead, entries: Sequence[PlacedEntry]) -> None:
        super().__init__(format="A4")
        self._head, self._entries = head, entries
        further, self._missing = fonts_for(_texts(head, entries))
        base = str(base_font().path)
        self.add_font("noto", fname=base)
        for font in further:
            self.add_font(font.name, fname=str(font.path))
        self.set_fallback_fonts([font.name for font in further], exact_match=False)
        self.set_text_shaping(True)
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(True, margin=MARGIN_MM + 4)
        self.set_title(head.title)
        self.set_creator("facesite")
        self.set_lang("en")

    def footer(self) -> None:
        self.set_y(-MARGIN_MM)
        self._style(8, colour=GREY)
        self.cell(0, SMALL_MM, f"Case {self._head.id} · page {self.page_no()} of {{nb}}", align="C")

    def first_page(self) -> None:
        self.add_page()
        self._line(self._head.title, size=18, bold=True, height=8.5)
        self.ln(2)
        for label, value in [("Why", self._head.reason), *self._head.facts]:
            self._fact(label, value)
        self.ln(3)
        self._line(CAUTION, size=9, height=4.5)
        if self._missing:
            self.ln(2)
            self._line(MISSING_NOTE, size=9, height=4.5)
        self.ln(4)

    def sighting(self, placed: PlacedEntry) -> None:
        """Writes one sighting; it stands on one page, unless it has very many pictures."""
        entry = placed.entry
        frames = sum(placed.picture.outline is not None for placed in placed.pictures)
        rows = -(-(len(placed.pictures) - frames) // self._a_row)
        if self.will_page_break(ENTRY_MM + rows * (PICTURE_MM + CAPTION_MM) + frames * (FRAME_HEIGHT_MM + CAPTION_MM)):
            self.add_page()
        self.set_draw_color(200)
        self.set_line_width(0.2)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(2)
        self._line(f"{placed.number}   {entry.who}  –  {entry.how_sure}", size=12, bold=True, height=6)
        self._fact("Where", entry.where)
        self._fact("From", entry.first)
        self._fact("To", entry.last)
        self._fact("Why", entry.why)
        for remark in entry.remarks:
            self._fact("", remark)
        for clip in placed.clips:
            self._fact("Clip", clip)
        self._line(f"{entry.numbers} · {entry.id}", size=8, colour=GREY, height=SMALL_MM)
        self.ln(1.5)
        self._pictures(placed)
        self.ln(2)

    @property
    def _a_row(self) -> int:
        return int((self.epw + GAP_MM) // (PICTURE_MM + GAP_MM))

    def _pictures(self, placed: PlacedEntry) -> None:
        if not placed.pictures:
            self._line("No picture of it is kept.", size=9, colour=GREY)
            return
        faces = [each for each in placed.pictures if each.picture.outline is None]
        for begin in range(0, len(faces), self._a_row):
            self._row(faces[begin : begin + self._a_row])
        for each in placed.pictures:
            if each.picture.outline:
                self._frame(each, each.picture.outline)

    def _frame(self, placed: PlacedPicture, outline: FaceOutline) -> None:
        """Draws a whole frame, and the outline of the face over it."""
        if self.will_page_break(FRAME_HEIGHT_MM + CAPTION_MM):
            self.add_page()
        scale = min(FRAME_MM / outline.width_px, FRAME_HEIGHT_MM / outline.height_px)
        left, top, width, height = self.l_margin, self.get_y(), outline.width_px * scale, outline.height_px * scale
        if self._picture(placed.path, left, top, width, height):
            face = outline.face
            for colour, thickness in ((0, 0.9), (255, 0.4)):
                self.set_draw_color(colour)
                self.set_line_width(thickness)
                self.rect(left + face.left * scale, top + face.top * scale, face.width * scale, face.height * scale)
        self.set_xy(left, top + height + 0.5)
        self._style(6.5, colour=GREY)
        caption = f"{placed.name}\n{placed.picture.when}\n{placed.picture.words}"
        self.multi_cell(0, 2.8, self._drawn(caption), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(1)

    def _row(self, pictures: Sequence[PlacedPicture]) -> None:
        if self.will_page_break(PICTURE_MM + CAPTION_MM):
            self.add_page()
        top, left, bottom = self.get_y(), self.l_margin, 0.0
        for placed in pictures:
            self._picture(placed.path, left, top, PICTURE_MM, PICTURE_MM)
            self.set_xy(left, top + PICTURE_MM + 0.5)
            self._style(6.5, colour=GREY)
            caption = f"{placed.name}\n{placed.picture.when}\n{placed.picture.words}"
            self.multi_cell(PICTURE_MM, 2.8, self._drawn(caption), align="L", new_x=XPos.RIGHT, new_y=YPos.NEXT)
            bottom, left = max(bottom, self.get_y()), left + PICTURE_MM + GAP_MM
        self.set_xy(self.l_margin, bottom + 1)

    def _picture(self, path: Path, left: float, top: float, width: float, height: float) -> bool:
        """Draws a picture, or says that it is damaged and returns False."""
        try:
            self.image(str(path), x=left, y=top, w=width, h=height, keep_aspect_ratio=True)
        except (OSError, ValueError, SyntaxError, FPDFException):  # what Pillow says of a damaged file
            self.set_xy(left, top)
            self._style(8, colour=GREY)
            self.multi_cell(PICTURE_MM, SMALL_MM, "This picture is damaged and cannot be drawn.", align="L")
            return False
        return True

    def _fact(self, label: str, value: str) -> None:
        self._style(10, colour=GREY)
        self.cell(26, LINE_MM, label)
        self._style(10)
        self.multi_cell(0, LINE_MM, self._drawn(value), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _line(
        self, text: str, *, size: float = 10, bold: bool = False, colour: tuple[int, int, int] = (0, 0, 0),
        height: float = LINE_MM,
    ) -> None:  # fmt: skip
        self._style(size, colour=colour)
        # Bold letters are drawn with an outline: to make a bold font takes 4 s, and only for Latin letters.
        outline = {"text_mode": TextMode.FILL_STROKE, "line_width": size / 60} if bold else {}
        with self.local_context(draw_color=colour, **outline):
            self.multi_cell(0, height, self._drawn(text), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _style(self, size: float, *, colour: tuple[int, int, int] = (0, 0, 0)) -> None:
        self.set_font("noto", "", size)
        self.set_text_color(*colour)

    def _drawn(self, text: str) -> str:
        drawn = drawable(text, self._missing)
        return (
            LEFT_TO_RIGHT + drawn
            if any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in drawn)
            else drawn
        )


def _texts(head: Letterhead, entries: Sequence[PlacedEntry]) -> list[str]:
    """Returns all texts of the document that people have written, and those that come with them."""
    texts = [head.title, head.reason, *(f"{label} {value}" for label, value in head.facts), CAUTION]
    for placed in entries:
        entry = placed.entry
        texts += [entry.who, entry.how_sure, entry.where, entry.first, entry.last, entry.why, entry.numbers]
        texts += [*entry.remarks, *(f"{each.when} {each.words}" for each in entry.pictures)]
    return [*texts, "·–"]
