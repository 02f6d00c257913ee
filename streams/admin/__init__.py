"""Cameras and what they saw, in Django's admin."""

from streams.admin.cameras import CameraAdmin
from streams.admin.evidence import DetectionAdmin, SightingAdmin
from streams.admin.searches import SearchLogAdmin

__all__ = ["CameraAdmin", "DetectionAdmin", "SearchLogAdmin", "SightingAdmin"]
