"""Long edits: each is a row in the ledger that any worker works on, a batch in one transaction."""

from __future__ import annotations

import asyncio
from functools import partial

from channels.db import database_sync_to_async
from django.db import transaction
from django.db.models import Q

from people.audit.acting import Actor, acting
from people.base.sweeping import StopFlag, sweep
from people.editing.long_merges import work_on_next_merge
from streams.correcting.ledger import put_next
from streams.correcting.restoring import restore_batch
from streams.records.identity_edit import IdentityEdit
from streams.records.states import EditKind


class IdentityEditor:
    """Works on long edits, one batch after another. Any number of them, in any number of processes, share the work."""

    async def run(self, stop: asyncio.Event, wake: asyncio.Event) -> None:
        """Works until `stop`; looks for work at every `wake`, and every few seconds without one."""
        # Its own thread: the shared one also renews leases, and a batch takes half a second.
        work = database_sync_to_async(work_until_done, thread_sensitive=False)
        await sweep(stop, wake, partial(work, stop))


def work_until_done(stop: StopFlag) -> bool:
    """Works until no long edit is left that nobody else works on, or until `stop`. Returns False: nothing is left."""
    while not stop.is_set() and (work_on_next() or work_on_next_merge()):
        pass
    return False


@transaction.atomic
def work_on_next() -> bool:
    """Does the next batch of the oldest long edit that nobody else works on; returns False if there is none."""
    merges = Q(kind=EditKind.MERGE_PEOPLE) | Q(undoes__kind=EditKind.MERGE_PEOPLE)
    rows = IdentityEdit.objects.working().exclude(merges).order_by("pk")
    edit = rows.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
    if edit is None:
        return False
    with acting(lambda: Actor(edit.who, edit.by_id)):
        if edit.kind == EditKind.UNDO:
            restore_batch(edit)
        else:
            put_next(edit)
    return True
