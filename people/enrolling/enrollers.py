"""Several enrollers in one process, one for each core that photos may take."""

from __future__ import annotations

import asyncio

from django.conf import settings

from people.enrolling.enroller import Enroller


class Enrollers:
    """Enrols waiting photos with as many reader processes as there is work for, at most PHOTO_READERS.

    Reading a photo takes most of the time and is done at once; judging and recording come one at a time (turns.py).
    """

    def __init__(self) -> None:
        self._each = [Enroller(place=place) for place in range(settings.PHOTO_READERS)]

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Enrols until `stop`, as Enroller.run does. All of them hear every `wake`. The first error ends them all."""
        tasks = [asyncio.create_task(enroller.run(stop, wake)) for enroller in self._each]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
