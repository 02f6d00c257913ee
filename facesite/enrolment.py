"""Enrolment on the worker: the job, and the channel "enrolment" whose messages say when to look for photos."""

from __future__ import annotations

from typing import Any

from facesite.patient_job import PatientJob, Runs, WakingConsumer
from people.enrolling.enroller import Enroller


class EnrolmentJob(PatientJob):
    def __init__(self, enroller: Runs | None = None) -> None:
        super().__init__("enrolment", enroller or Enroller())


class EnrolmentConsumer(WakingConsumer):
    async def photos_changed(self, message: dict[str, Any]) -> None:
        self.scope["job"].wake()
