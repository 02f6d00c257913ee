"""Cameras and what they saw, in Django's admin."""

from streams.admin.cameras import CameraAdmin
from streams.admin.evidence import DetectionAdmin, SightingAdmin

__all__ = ["CameraAdmin", "DetectionAdmin", "SightingAdmin"]
