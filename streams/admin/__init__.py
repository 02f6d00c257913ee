"""The admin of cameras, camera groups, sightings, detections and searches."""

from streams.admin.cameras import CameraAdmin
from streams.admin.groups import CameraGroupAdmin
from streams.admin.searches import SearchLogAdmin
from streams.admin.sightings import DetectionAdmin, SightingAdmin

__all__ = ["CameraAdmin", "CameraGroupAdmin", "DetectionAdmin", "SearchLogAdmin", "SightingAdmin"]
