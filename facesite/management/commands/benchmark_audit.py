"""`manage.py benchmark_audit`: what the audit costs, and how quick it is read, in a database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facesite.lab.audit_share import PAIRS
from facesite.lab.audit_timing import AuditTiming, measured
from facesite.lab.databases import own_database

DATABASE = "facesite_benchmark_audit"


class Command(BaseCommand):
    help = (
        "Fill a database of its own (removed afterwards) with entries of the audit; say what an entry costs a request, "
        "how fast the chain grows and is walked, and how long each page takes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--entries", type=int, default=100_000)
        parser.add_argument("--pairs", type=int, default=PAIRS, help="of requests, with and without, for each address")
        parser.add_argument("--json", action="store_true", help="a JSON object instead of sentences")

    def handle(self, *, entries: int, pairs: int, **options: Any) -> None:
        if not 1_000 <= entries <= 20_000_000 or not 1 <= pairs <= 10_000:
            raise CommandError("expected 1000 to 20000000 entries and 1 to 10000 pairs of requests")
        with own_database(DATABASE):
            timing = measured(entries, pairs)
        self.stdout.write(json.dumps(asdict(timing)) if options["json"] else _said(timing))


def _said(timing: AuditTiming) -> str:
    pages = "\n".join(f"{ms:>9.1f} {core_ms:>9.1f}  {name}" for name, (ms, core_ms) in timing.pages_ms.items())
    requests = "\n".join(
        f"{share.without_ms:>9.1f} {share.with_ms:>9.1f} {share.slower:>+9.1%}  {name}"
        for name, share in timing.requests.items()
    )
    return (
        f"An entry keeps a request {timing.kept_us} µs, and takes {timing.stored_ms} ms of processor time afterwards. "
        f"{timing.chained_a_second:,.0f} entries a second are made and chained, {timing.walked_a_second:,.0f} walked "
        f"(a million: {timing.walked_core_s} s of a core): {timing.entries:,} in all. "
        f"{timing.fault or 'The chain is whole.'}\n median ms   core ms  page\n{pages}\n"
        f"  without      with    slower  request, ms\n{requests}"
    )
