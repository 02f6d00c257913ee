"""The parameters that CompreFace's calls share; like CompreFace, it ignores unknown ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from django.http import QueryDict
from rest_framework.request import Request

from people.dialect.refusals import invalid
from people.dialect.similarity import lowest_score
from people.recognition.engine.scales import SMALLEST_ASKED_PX

LIKELY_FACE = 0.8
"""CompreFace's default for det_prob_threshold."""
MOST = 1000
MOST_CANDIDATES = 1000
"""The most candidates in one answer: those of each face or embedding, all together."""
BEGUN_TWICE = re.compile(r"\?(?=(?:limit|det_prob_threshold|prediction_count|face_plugins|status)=)")
"""A "?" where "&" is meant: CompreFace's JavaScript client writes `?subject=Ada?det_prob_threshold=0.9`.

A "?" of a name stays: clients that put names into addresses properly send it as %3F.
"""


@dataclass(frozen=True, slots=True)
class Options:
    limit: int
    """How many of the biggest faces to look at; 0 for all."""
    prediction_count: int
    lowest_score: float
    smallest_px: int
    """Our own option `smallest_face`: width of the smallest face to look for; 0 for the usual."""
    plugins: frozenset[str]
    status: bool
    extras: bool
    """Our own option: adds verdict, distance, margin and person_id to CompreFace's fields."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Options:
        """Reads the options from a request's parameters. Raises DialectRefusal."""
        limit = whole(query, "limit", low=0, high=MOST, default=0)
        return cls(
            limit=limit,
            prediction_count=candidates(query, rows=limit, of="faces"),
            lowest_score=lowest_score(share(query, "det_prob_threshold", default=LIKELY_FACE)),
            smallest_px=smallest_face(query),
            plugins=frozenset(name.strip() for name in query.get("face_plugins", "").split(",")),
            status=_flag(query, "status"),
            extras=_flag(query, "extras"),
        )

    @property
    def wants_embedding(self) -> bool:
        return "calculator" in self.plugins


def parameters(request: Request) -> dict[str, str]:
    """Returns the parameters of a request; those of its address go before the fields of its form.

    CompreFace reads both, and clients in Go send their options as fields beside the picture. A deletion is not asked
    for its form: CompreFace reads forms of POST only.
    """
    address = QueryDict(BEGUN_TWICE.sub("&", request.META.get("QUERY_STRING", "")))
    form = request.data if request.method == "POST" and isinstance(request.data, QueryDict) else {}
    return {**{name: form[name] for name in form if isinstance(form[name], str)}, **address.dict()}


def whole(query: Mapping[str, str], name: str, *, low: int, high: int, default: int) -> int:
    """Returns parameter `name` as a whole number from `low` to `high`. Raises DialectRefusal."""
    text = query.get(name) or str(default)
    if text.isascii() and text.isdecimal() and len(text) < 10 and low <= int(text) <= high:
        return int(text)
    raise invalid(f"'{name}' should be a whole number from {low} to {high}")


def candidates(query: Mapping[str, str], *, rows: int, of: str) -> int:
    """Returns prediction_count. Raises DialectRefusal if that many for each of `rows` are more than MOST_CANDIDATES."""
    count = whole(query, "prediction_count", low=1, high=MOST, default=1)
    if rows * count > MOST_CANDIDATES:
        raise invalid(
            f"{rows} {of} with 'prediction_count' {count} are more than {MOST_CANDIDATES} candidates in one answer: "
            "ask for fewer"
        )
    return count


def smallest_face(query: Mapping[str, str]) -> int:
    """Returns our own option, or 0 if it was not sent. Raises DialectRefusal."""
    if not query.get("smallest_face"):
        return 0
    return whole(query, "smallest_face", low=SMALLEST_ASKED_PX, high=1000, default=SMALLEST_ASKED_PX)


def share(query: Mapping[str, str], name: str, *, default: float) -> float:
    try:
        value = float(query.get(name) or default)
    except ValueError:
        value = -1
    if not isfinite(value) or not 0 <= value <= 1:
        raise invalid(f"'{name}' should be a number from 0.0 to 1.0")
    return value


def _flag(query: Mapping[str, str], name: str) -> bool:
    return query.get(name, "").lower() in ("true", "1")
