"""Regions follow the picture when a camera is turned: a mask must go on covering what it was drawn on."""

from __future__ import annotations

from streams.pipeline.regions import Region
from streams.records.camera import Camera
from streams.records.regions import read_regions


def regions_after(before: Camera | None, after: Camera) -> tuple[Region, ...]:
    """Returns the regions of a camera that is saved: turned and mirrored as its picture is.

    Regions that were drawn anew in the same edit stay as they are: they were drawn on the picture as it is now.
    """
    regions = read_regions(after.regions)
    if before is None or before.regions != after.regions:
        return regions
    return tuple(_upright(_as_sent(region, before), after) for region in regions)


def _as_sent(region: Region, camera: Camera) -> Region:
    """Returns the region in the picture as the camera sends it."""
    return (region.mirrored() if camera.mirrored else region).turned(-camera.turn)


def _upright(region: Region, camera: Camera) -> Region:
    turned = region.turned(camera.turn)
    return turned.mirrored() if camera.mirrored else turned
