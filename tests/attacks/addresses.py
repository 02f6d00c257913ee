"""Every address of the site that can be asked for, with the ids of the world filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver

from tests.attacks.world import World

_PLACE = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)|<(?:\w+:)?(\w+)>")
"""A name of an argument in a pattern, as `re_path` or as `path` writes it."""


def patterns(resolver: Any = None, before: str = "") -> Iterator[str]:
    """Yields every pattern of the site as one text."""
    for pattern in (resolver or get_resolver()).url_patterns:
        whole = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from patterns(pattern, whole)
        else:
            yield whole


def addresses(world: World, *, of: str = "inside") -> list[str]:
    """Every address; `of` says whose ids stand in it: those inside the limits, or those outside."""
    filled = (_filled(pattern, world, of) for pattern in patterns())
    return sorted({f"/{address}" for address in filled if address is not None})


def _filled(pattern: str, world: World, of: str) -> str | None:
    plain = pattern.replace("^", "").replace("/?$", "").replace("$", "")
    known = _known(plain, world, of)
    told = _PLACE.sub(lambda found: known.get(found[1] or found[2], "\0"), plain)
    return None if "\0" in told or "." in told.removesuffix(".mjpeg") or told.endswith("live.mjpeg") else told


def _known(pattern: str, world: World, of: str) -> dict[str, str]:
    person, camera = (world.inside, world.hall) if of == "inside" else (world.outside, world.vault)
    sighting = str(camera.sightings.get().pk)
    ids = {
        "person": str(person.pk),
        "camera": str(camera.pk),
        "sighting": sighting,
        "user": str(world.root.pk),
        "watchlist": str(world.watchlist.pk),
    }
    kind = next((kind for kind in ids if f"/{kind}/" in pattern or f"/{kind}s/" in pattern), "person")
    kind = "person" if "/people/<" in pattern or "people/(?P" in pattern else kind
    return {
        "pk": ids[kind],
        "object_id": ids[kind],
        "id": ids["user"],
        "slug": camera.slug,
        "sighting_id": sighting,
        "subject": person.name.replace(" ", "%20"),
        "app_label": "people",
    }
