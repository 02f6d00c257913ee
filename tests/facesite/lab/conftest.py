"""Benchmarks as whoever measures starts them: `manage.py` in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from tests.settings import TEMPLATE_OF_COMMANDS

Manage = Callable[..., str]
Benchmark = Callable[..., Any]


@pytest.fixture(scope="session")
def manage(django_db_modify_db_settings: None) -> Manage:
    """Returns what `manage.py` prints. It runs over the server of the tests, and a database that it makes for itself is
    a copy of the migrated one: a server of its own, and migrating, takes 8 to 14 s of the processor.
    """
    own = {
        "VAR": str(settings.VAR),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        TEMPLATE_OF_COMMANDS: connection.settings_dict["TEST"]["TEMPLATE"],
    }

    def manage(*words: str) -> str:
        return subprocess.run(
            [sys.executable, "manage.py", *words], cwd=settings.ROOT, env={**os.environ, **own},
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    return manage


@pytest.fixture(scope="session")
def benchmark(manage: Manage) -> Benchmark:
    """Returns the JSON that a benchmark says."""
    return lambda name, *words: json.loads(manage(f"benchmark_{name}", *words, "--json"))
