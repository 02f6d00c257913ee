"""Long edits: each is a row in the ledger that any worker works on, a batch in one transaction."""

from __future__ import annotations

from django.db import transaction

from streams.correcting.ledger import put_next
from streams.correcting.restoring import restore_batch
from streams.records.identity_edit import IdentityEdit
from streams.records.states import EditKind


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
