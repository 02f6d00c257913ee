"""The whole API under schemathesis: every operation of the schema, with sound and with broken requests."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import User

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from people.records.person import Person
from tests.facesite.fuzz.running import OF_STREAMS, run_schemathesis

DELETING = ("compreface_faces_delete", "compreface_subjects_delete")


@pytest.mark.integration
@pytest.mark.timeout(900)
def test_no_request_of_a_key_with_all_scopes_but_one_breaks_the_api(
    live: str, known: dict[str, list[str]], operator: User, tmp_path: Path
) -> None:
    scopes = [scope for scope in Scope if scope != Scope.DELETE_EVERYBODY]  # it would leave nobody to the other calls
    key = make_key(name="everything else", scopes=scopes, by=operator)[1]
    said = run_schemathesis(
        live, key, known, tmp_path, phases="coverage,fuzzing", paths=(f"--exclude-path-regex={OF_STREAMS}",)
    )
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.integration
@pytest.mark.timeout(300)
def test_no_request_of_a_viewer_breaks_the_api(
    live: str, known: dict[str, list[str]], viewer: User, tmp_path: Path
) -> None:
    key = make_key(name="looks", scopes=list(Scope), by=viewer)[1]
    said = run_schemathesis(live, key, known, tmp_path, phases="fuzzing")
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.integration
@pytest.mark.timeout(300)
def test_calls_that_delete_everybody_answer_as_described(
    live: str, known: dict[str, list[str]], operator: User, tmp_path: Path
) -> None:
    key = make_key(name="everything", scopes=list(Scope), by=operator)[1]
    said = run_schemathesis(live, key, known, tmp_path, phases="coverage,fuzzing", only=DELETING)
    assert said.returncode == 0, said.stdout + said.stderr
    assert not Person.objects.exists()
