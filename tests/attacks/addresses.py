"""Every address of the site that can be asked for, with the ids of the world in it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from tests import addresses
from tests.attacks.world import World

ENDLESS = "/live.mjpeg"


def addresses_of(world: World, *, of: str = "inside") -> list[str]:
    """Returns every address; `of` says whose ids are in it: of those inside the limits, or of those outside."""
    person, camera = (world.inside, world.hall) if of == "inside" else (world.outside, world.vault)
    seen = camera.sightings.select_related("stranger").get()
    assert seen.stranger and seen.stranger.number
    sighting = str(seen.pk)
    ids = {
        "camera": str(camera.pk),
        "sighting": sighting,
        "stranger": str(seen.stranger.pk),
        "user": str(world.root.pk),
        "watchlist": str(world.watchlist.pk),
    }

    def fill(address: str) -> Mapping[str, str]:
        pk = next((ids[kind] for kind in ids if f"/{kind}/" in address or f"/{kind}s/" in address), str(person.pk))
        number = str(seen.stranger.number)
        known = {
            "number": number,
            "slug": camera.slug,
            "sighting_id": sighting,
            "subject": quote(person.name),
            "id": ids["user"],
        }
        return {"pk": pk, "object_id": pk, **known}

    return [address for address in addresses.addresses(fill) if not address.endswith(ENDLESS)]
