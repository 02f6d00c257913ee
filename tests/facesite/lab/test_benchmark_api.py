"""`manage.py benchmark_api` against a real server."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from facesite.management.commands.benchmark_api import HEAD, Run
from people.accounts.making_keys import make_key
from people.accounts.rights import Scope


@pytest.mark.integration
@pytest.mark.usefixtures("lookers")
def test_it_says_how_many_pictures_a_second_are_recognised(live_server: Any, operator: User, portraits: Path) -> None:
    _, key = make_key(name="benchmark", scopes=[Scope.RECOGNISE], by=operator)
    said = StringIO()
    asked = {"seconds": 1.5, "clients": [1, 2]}
    call_command("benchmark_api", live_server.url, key, str(portraits / "obama.jpg"), stdout=said, **asked)
    head, *lines = said.getvalue().splitlines()
    assert head == HEAD
    assert [int(line.split()[0]) for line in lines] == [1, 2]
    assert all(float(value) > 0 for line in lines for value in line.split())


@pytest.mark.integration
def test_a_refusal_ends_it_with_the_reason(live_server: Any, operator: User, portraits: Path) -> None:
    _, key = make_key(name="benchmark", scopes=[Scope.READ_PEOPLE], by=operator)
    with pytest.raises(CommandError, match="403"):
        call_command("benchmark_api", live_server.url, key, str(portraits / "obama.jpg"))


def test_the_cost_of_a_request_is_told_by_process() -> None:
    run = Run(clients=2, seconds=10.0, times=[0.1] * 200, spent={7: 2.0, 8: 6.0})
    assert run.line(7).split() == ["2", "20.0", "100", "100", "10.0", "30.0", "25.0"]
    assert run.line(None).split() == ["2", "20.0", "100", "100"]
