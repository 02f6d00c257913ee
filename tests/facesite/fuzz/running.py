"""Runs schemathesis on the committed schema."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings as site_settings

HERE = Path(__file__).parent
SCHEMA = site_settings.ROOT / "facesite" / "openapi.yml"
OF_STREAMS = "^/api/v1/(cameras|sightings|detections|edits|strangers|cases|videos|reports|live)/"
"""Addresses of one half of the API; the halves are fuzzed beside each other."""
# Not among them: positive_data_acceptance. That a name is taken, an id is nobody's or a picture shows no face is no
# matter of a schema; missing_required_header: there is none.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "nobody_gets_in_without_a_key",  # these three are in hooks.py
    "broken_data_is_refused",
    "other_methods_are_refused",
)


def run_schemathesis(
    address: str,
    key: str,
    known: dict[str, list[str]],
    folder: Path,
    *,
    phases: str,
    only: tuple[str, ...] = (),
    paths: tuple[str, ...] = (),
) -> subprocess.CompletedProcess[str]:
    """Every operation, or `only` those with these ids, of the schema as committed, which test_schema.py holds.

    `paths`: further options that choose operations by their addresses.
    """
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(HERE / "schemathesis.toml"),
        "run", str(SCHEMA), "--url", address, "--checks", ",".join(CHECKS), "--phases", phases, "--no-color",
        *(f"--include-operation-id={each}" for each in only), *paths,
    ]  # fmt: skip
    own = {"FUZZ_KEY": key, "FUZZ_KNOWN": json.dumps(known), "PYTHONPATH": str(site_settings.ROOT)}
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **own}, capture_output=True, text=True, timeout=880, check=False
    )
