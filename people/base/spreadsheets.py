"""CSV for spreadsheets, safe from cells that a spreadsheet would run as formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

# Spreadsheets take a cell for a formula if it begins with one of these.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(text: str) -> str:
    """Returns `text` so that a spreadsheet does not run it: a person may be called `=HYPERLINK(…)`."""
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_text(columns: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """Returns a CSV file whose first line is `columns`."""
    return csv_lines([columns, *lines])


def csv_lines(lines: Iterable[Sequence[object]]) -> str:
    """Returns a part of a CSV file."""
    file = StringIO()
    csv.writer(file).writerows(lines)
    return file.getvalue()
