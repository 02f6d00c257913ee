"""Long edits: each is a row in the ledger that any worker works on, a batch in one transaction."""

from __future__ import annotations

import asyncio

from channels.db import database_sync_to_async
from django.db import transaction

from people.imports.importer import Flag
from streams.correcting.ledger import put_next
from streams.correcting.restoring import restore_batch
from streams.records.identity_edit import IdentityEdit
from streams.records.states import EditKind

# 5 s: a lost doorbell delays an edit by no more than this.
SWEEP_S = 5.0


class IdentityEditor:
    """Works on long edits, one batch after another. Any number of them, in any number of processes, share the work."""

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Works until `stop`; looks for work at every `wake`, and every SWEEP_S without one."""
        # Its own thread: the shared one also renews leases, and a batch takes half a second.
        work = database_sync_to_async(work_until_done, thread_sensitive=False)
        while not stop.is_set():
            wake.clear()
            await work(stop)
            try:
                async with asyncio.timeout(SWEEP_S):
                    await wake.wait()  # the worker also sets it when it stops
            except TimeoutError:
                continue


def work_until_done(stop: Flag) -> None:
    """Works until no long edit is left that nobody else works on, or until `stop`."""
    while not stop.is_set() and work_on_next():
        pass


@transaction.atomic
def work_on_next() -> bool:
    """Does the next batch of the oldest long edit that nobody else works on; returns False if there is none."""
    rows = IdentityEdit.objects.working().order_by("pk")
    edit = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
    if edit is None:
        return False
    if edit.kind == EditKind.UNDO:
        restore_batch(edit)
    else:
        put_next(edit)
    return True
