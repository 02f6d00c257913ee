"""Makes and revokes API keys."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models.functions import Now

from people.accounts.api_key import PREFIX_LENGTH, ApiKey, digest
from people.accounts.granting import governed
from people.base.history import log_changed

logger = logging.getLogger(__name__)


@transaction.atomic
def make_key(
    *,
    name: str,
    scopes: Sequence[str],
    by: User,
    expires_at: datetime | None = None,
    groups: Iterable[Any] = (),
) -> tuple[ApiKey, str]:
    """Makes a key that `by` owns. Returns it with its text, which nobody can read again.

    The key sees only what is in `groups` (of people and of cameras); without groups only its owner's limits hold. The
    text is a random UUID (122 bits from the system's generator), because CompreFace's clients refuse anything else.
    """
    text = str(uuid4())
    key = ApiKey.objects.create(
        name=name,
        owner=by,
        prefix=text[:PREFIX_LENGTH],
        digest=digest(text),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    for group in groups:
        group.limits.create(key=key)
    logger.info("API key %s made with %s, by %s", key.pk, ", ".join(key.scopes), by.pk)
    return key, text


def revoke_key(*, key: ApiKey, by: User) -> None:
    """Stops the key at once and keeps its row for the records. Revoking it twice changes nothing.

    Raises StandsAbove if its owner may do more than `by`.
    """
    with governed(key.owner, by=by):
        revoked = ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=Now())
        if revoked:
            log_changed(key, "Revoked.", by=by)
            logger.info("API key %s revoked, by %s", key.pk, by.pk)
    key.refresh_from_db(fields=["revoked_at"])
