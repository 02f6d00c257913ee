"""CSV for spreadsheets: what they would take for a formula is only text."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

# What spreadsheets take for a formula when a cell begins with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(text: str) -> str:
    """A text that a spreadsheet will not run: somebody may have been enrolled as `=HYPERLINK(…)`."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_text(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """A CSV file with a first line of `columns`."""
    file = StringIO()
    csv.writer(file).writerows([columns, *lines])
    return file.getvalue()
