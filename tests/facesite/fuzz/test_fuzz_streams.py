"""The half of the API that is about cameras and what they see, under schemathesis as the other one."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from tests.facesite.fuzz.running import OF_STREAMS, run_schemathesis


@pytest.mark.integration
@pytest.mark.timeout(900)
def test_no_request_of_a_key_with_all_scopes_but_one_breaks_what_is_seen(
    live: str, known: dict[str, list[str]], operator: User, tmp_path: Path
) -> None:
    scopes = [scope for scope in Scope if scope != Scope.DELETE_EVERYBODY]  # it would leave nobody to the other calls
    key = make_key(name="everything else", scopes=scopes, by=operator)[1]
    said = run_schemathesis(
        live, key, known, tmp_path, phases="coverage,fuzzing", paths=(f"--include-path-regex={OF_STREAMS}",)
    )
    assert said.returncode == 0, said.stdout + said.stderr
