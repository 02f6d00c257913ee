"""CSV files of lists: some hundred rows are read at a time and sent as they come, so that no list fills memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from math import isfinite
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from people.base.history import log_downloaded
from people.base.part_by_part import part_by_part
from people.base.spreadsheets import csv_lines
from people.errors import TooManyRows

MOST_ROWS = 50_000
"""About 10 MB; users ask for a longer list in parts."""
# 500: the rows take some megabytes, and a batch is read in 20 to 50 ms.
AT_ONCE = 500
Line = Callable[[Any], Sequence[object]]
AsShown = Callable[[list[Any]], Iterable[Any]]


def ids_of(rows: QuerySet[Any]) -> list[Any]:
    """Returns the keys of `rows` in their order. Raises TooManyRows beyond MOST_ROWS."""
    ids = list(rows.values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(ids) > MOST_ROWS:
        raise TooManyRows(MOST_ROWS)
    return ids


def parts_of(rows: QuerySet[Any], columns: Sequence[str], line: Line, as_shown: AsShown = iter) -> Iterator[str]:
    """Returns the parts of a CSV file of `rows` in their order; its first line is `columns`. Raises TooManyRows.

    A row that is deleted meanwhile is left out. `as_shown` makes of some hundred rows at a time what `line` takes.
    """
    return _parts(rows, ids_of(rows), columns, line, as_shown)


def _parts(
    rows: QuerySet[Any], ids: Sequence[Any], columns: Sequence[str], line: Line, as_shown: AsShown
) -> Iterator[str]:
    yield csv_lines([columns])
    for first in range(0, len(ids), AT_ONCE):
        wanted = ids[first : first + AT_ONCE]
        found = {row.pk: row for row in rows.order_by().filter(pk__in=wanted)}
        yield csv_lines(map(line, as_shown([found[pk] for pk in wanted if pk in found])))


def csv_file(request: HttpRequest, parts: Iterator[str], name: str) -> StreamingHttpResponse:
    """Returns a download called `name` that no cache keeps, and that is sent part by part; logs who took it."""
    log_csv(request, name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    sent = part_by_part(request, parts)
    return StreamingHttpResponse(sent, content_type="text/csv; charset=utf-8", headers=headers)


def log_csv(request: HttpRequest, name: str) -> None:
    """Writes down who downloads the file `name`, and with which filters; nothing for HEAD, which sends no file."""
    if request.method == "POST":
        log_downloaded(name, asked="what was chosen in a form", by=request.user)
    elif request.method != "HEAD":
        asked = ", ".join(f"{name}={value}" for name, values in request.GET.lists() for value in values if value)
        log_downloaded(name, asked=asked, by=request.user)


def number_cell(value: float | None) -> str:
    return "" if value is None or not isfinite(value) else f"{value:.4f}"
