"""Imports on the worker: the job, and the channel "imports" whose messages say when to look for a ZIP."""

from __future__ import annotations

from typing import Any

from facesite.patient_job import PatientJob, Runs, WakingConsumer
from people.imports.importer import Importer


class ImportsJob(PatientJob):
    def __init__(self, importer: Runs | None = None) -> None:
        super().__init__("imports", importer or Importer())


class ImportsConsumer(WakingConsumer):
    async def imports_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()
