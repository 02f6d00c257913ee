"""Names as a search compares them: in small letters and without accents, so that `jose` finds José.

Postgres makes them (migration 0018), so they hold for every row, however it was written. Its own unaccent and pg_trgm
are not in every Postgres (the embedded one has neither), and 100,000 names are searched through in 16 ms without.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models
from django.db.models import Func, Lookup


class Plain(Func):
    """Text in small letters, without accents; ø, ł, ß and the like as o, l, ss."""

    function = "people_plain"
    arity = 1
    output_field = models.TextField()


class PlainText(models.TextField):  # type: ignore[type-arg]
    """Text that Plain has made."""


@PlainText.register_lookup
class HasWords(Lookup):
    """Holds if every word that was asked for is part of the text, in any order: `lov ada` finds Ada Lovelace."""

    lookup_name = "has_words"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        patterns = [_pattern(word) for word in str(self.rhs).split()]
        asked = " AND ".join(f"{column} LIKE people_plain(%s)" for _ in patterns)
        return f"({asked or 'TRUE'})", tuple(each for pattern in patterns for each in (*params, pattern))


def _pattern(word: str) -> str:
    """Returns `word` as a pattern of LIKE; decomposed first, because some letters decompose into `%` and `_`."""
    plain = unicodedata.normalize("NFKD", word)
    for sign in "\\%_":
        plain = plain.replace(sign, f"\\{sign}")
    return f"%{plain}%"
