"""`manage.py doctor`: what is wrong with this installation, in words."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from facesite.monitoring.finding import Finding
from facesite.monitoring.findings import examine


class Command(BaseCommand):
    help = (
        "Examine configuration, database, Redis, storage, engine, decoder, rules and channels. Exits with 1 if a part "
        "is not well."
    )
    requires_system_checks = ()  # they are one of the examinations

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *, json: bool, **_: Any) -> None:
        findings = examine()
        if json:
            self.stdout.write(_as_json(findings))
        else:
            for finding in findings:
                self.stdout.write(self._line(finding))
        if not all(finding.is_well for finding in findings):
            sys.exit(1)

    def _line(self, finding: Finding) -> str:
        sign = self.style.SUCCESS("well") if finding.is_well else self.style.ERROR("UNWELL")
        advice = f" {finding.advice}" if finding.advice else ""
        return f"{sign}  {finding.part}: {finding.says}.{advice}"


def _as_json(findings: list[Finding]) -> str:
    well = all(finding.is_well for finding in findings)
    return json.dumps({"well": well, "findings": [asdict(finding) for finding in findings]}, indent=2)
