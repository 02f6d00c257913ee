"""`manage.py verify_audit`: tells whether the audit is as it was written."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management.base import BaseCommand, CommandError

from people.audit.anchors import SignedAnchor, anchored, anchors_in, own_anchors, site_keys
from people.audit.chaining import chain_all
from people.audit.verifying import Broken, Walked, open_doors, verify
from people.base.signing_key import fingerprint_of, read_public_key


class Command(BaseCommand):
    help = (
        "Walk the chain of the audit, and name the first entry that was changed, deleted or put in. With --anchors it "
        "is compared with anchors that were kept elsewhere, too: these tell a chain that was written anew."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--anchors", type=Path, metavar="PATH", help="an anchor's file, or a folder of them")
        parser.add_argument("--key", type=Path, metavar="FILE", help="the public key that signed them (PEM)")

    def handle(self, *, anchors: Path | None, key: Path | None, **_: Any) -> None:
        try:
            own, keys = site_keys(), _given(key) if key else site_keys()
            opened = [each.opened(own) for each in own_anchors()] + [each.opened(keys) for each in _kept(anchors)]
            known = anchored(opened)
        except Broken as error:
            raise CommandError(f"The audit is NOT as it was written: {error}") from None
        chain_all()
        walked = verify(anchors=known)
        if fault := walked.fault or open_doors():
            raise CommandError(f"The audit is NOT as it was written: {fault}")
        self.stdout.write(_in_words(walked, len(known)))
        if walked.set_back:
            numbers = ", ".join(f"{number:,}" for number in walked.set_back)
            self.stdout.write(f"The clock was set back before entries {numbers}: the times there are not sure.")
        for anchor in opened:
            if anchor.fault:
                self.stdout.write(f"An anchor of {anchor.made_at} says what was found then: {anchor.fault}")


def _kept(place: Path | None) -> list[SignedAnchor]:
    try:
        return anchors_in(place) if place else []
    except (OSError, ValueError) as error:
        raise CommandError(f"--anchors: {error}") from None


def _given(path: Path) -> dict[str, Ed25519PublicKey]:
    try:
        key = read_public_key(path.read_bytes())
    except OSError:
        key = None
    if key is None:
        raise CommandError("--key: expected an Ed25519 public key in PEM form.")
    return {fingerprint_of(key.public_bytes_raw()): key}


def _in_words(walked: Walked, anchors: int) -> str:
    if not walked.entries:
        return "The audit is empty."
    rate = walked.entries / max(walked.seconds, 0.001)
    emptied = f" The details of {walked.emptied:,} were erased, and entries say so." if walked.emptied else ""
    return (
        f"All {walked.entries:,} entries are as they were written, from {walked.first:,} to {walked.number:,}, and fit "
        f"{anchors} anchors.{emptied} {walked.seconds:.1f} s, {rate:,.0f} entries a second."
    )
