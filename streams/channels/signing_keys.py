"""Services for the signing keys of webhooks: a new key and the one before sign together for a time.

Each is one transaction, and says in the history who did it.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from people.base.history import Actor, log_changed
from people.errors import WrongState
from streams.channels.opening import sealed, secret_of
from streams.channels.signing import new_signing_key
from streams.errors import SealBroken
from streams.records.channel import Channel
from streams.records.states import ChannelKind

# A week: time enough to enter the new key at every receiver; whoever has lost the old one ends it at once.
OVERLAP = timedelta(days=7)


def replace_signing_key(*, channel: Channel, by: Actor) -> str:
    """Makes a new key for a webhook and returns it. The one before signs beside it for OVERLAP, or until it is ended.

    Raises WrongState for another kind, and for secrets that no key opens.
    """
    with transaction.atomic():
        row, secret = _opened(channel)
        key = new_signing_key()
        row.old_key_until = timezone.now() + OVERLAP
        _seal(row, {**secret, "key": key, "old_key": secret.get("key", "")})
        log_changed(row, "Made a new signing key.", by=by)
    return key


def end_old_signing_key(*, channel: Channel, by: Actor) -> None:
    """Forgets the key before the newest one. Raises WrongState if there is none, and as replace_signing_key does."""
    with transaction.atomic():
        row, secret = _opened(channel)
        if "old_key" not in secret:
            raise WrongState("Only the newest key signs.")
        row.old_key_until = None
        _seal(row, {**secret, "old_key": ""})
        log_changed(row, "Ended the old signing key.", by=by)


def _opened(channel: Channel) -> tuple[Channel, dict[str, str]]:
    """Returns the locked row and its secrets."""
    if channel.kind != ChannelKind.WEBHOOK:
        raise WrongState("Only a webhook has a signing key.")
    row = Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
    try:
        return row, secret_of(row)
    except SealBroken as broken:
        raise WrongState(broken.said) from None


def _seal(row: Channel, secret: dict[str, str]) -> None:
    row.sealed_secret = sealed(secret)
    row.save(update_fields=["sealed_secret", "old_key_until", "updated_at"])
