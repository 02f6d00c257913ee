"""The admin of cameras, camera groups, sightings, detections, searches, cases, videos and channels."""

from streams.admin.cameras import CameraAdmin
from streams.admin.cases import CaseAdmin, VideoAdmin
from streams.admin.channels import ChannelAdmin, DeliveryAdmin
from streams.admin.groups import CameraGroupAdmin
from streams.admin.searches import SearchLogAdmin
from streams.admin.sightings import DetectionAdmin, SightingAdmin

__all__ = [
    "CameraAdmin",
    "CameraGroupAdmin",
    "CaseAdmin",
    "ChannelAdmin",
    "DeliveryAdmin",
    "DetectionAdmin",
    "SearchLogAdmin",
    "SightingAdmin",
    "VideoAdmin",
]
