"""The admin of cameras, groups, sightings, detections, searches, cases, videos, channels and keeping."""

from streams.admin.cameras import CameraAdmin
from streams.admin.cases import CaseAdmin, VideoAdmin
from streams.admin.channels import ChannelAdmin, DeliveryAdmin
from streams.admin.groups import CameraGroupAdmin
from streams.admin.keeping import KeepingTermAdmin
from streams.admin.searches import SearchLogAdmin
from streams.admin.sightings import DetectionAdmin, SightingAdmin

__all__ = [
    "CameraAdmin",
    "CameraGroupAdmin",
    "CaseAdmin",
    "ChannelAdmin",
    "DeliveryAdmin",
    "DetectionAdmin",
    "KeepingTermAdmin",
    "SearchLogAdmin",
    "SightingAdmin",
    "VideoAdmin",
]
