"""The committed OpenAPI schema is the one that the code makes, without a warning."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command

COMMITTED = Path(settings.ROOT) / "facesite" / "openapi.yml"


def test_the_committed_schema_is_the_codes(tmp_path: Path) -> None:
    made = tmp_path / "openapi.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(made))
    assert made.read_text() == COMMITTED.read_text(), (
        "run `manage.py spectacular --validate --fail-on-warn --file facesite/openapi.yml`"
    )
