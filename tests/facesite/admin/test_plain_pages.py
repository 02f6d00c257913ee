"""No page of the admin shows an id, JSON, or a time without its zone where people read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from people.recognition.engine.kinds import OFFERED
from tests.facesite.admin.pages import every_page
from tests.facesite.admin.rows import rows_of_everything
from tests.facesite.test_one_time_zone import times_without_zone

NOT_READ = re.compile(r"<(script|style|details|code|template)\b.*?</\1>|<[^>]*>", re.DOTALL)
FOR_PROGRAMS = {
    "an id": re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"),
    "JSON": re.compile(r"""\{\s*(?:&quot;|&#x27;|["'])|\[\s*(?:\{|&quot;|&#x27;|\[)"""),
    "a digest": re.compile(r"\b[0-9a-f]{32,}\b"),
    "a name of the code": re.compile(r"\b(?:None|True|False(?! alarms))\b|\bobject \(|datetime\."),
    "an engine's key": re.compile("|".join(re.escape(kind.key) for kind in OFFERED)),
}


@pytest.fixture
def root(db: None, media: Path, settings: Any) -> User:
    settings.TIME_ZONE = "Asia/Tokyo"
    root = User.objects.create_superuser("root")
    rows_of_everything(root)
    return root


def test_no_page_shows_what_is_for_programs_and_each_names_its_zone(root: User) -> None:
    client = Client()
    client.force_login(root)
    found = []
    for path in every_page(root):
        page = client.get(path).content.decode()
        found += [f"{path}: {fault}" for fault in _faults(page)]
        found += [f"{path}: no zone in “{words}”" for words in times_without_zone(page)]
    assert not found, "\n".join(found)


def _faults(page: str) -> list[str]:
    text = re.sub(r"\s+", " ", NOT_READ.sub(" ", page))
    return [
        f"{what} in “{text[max(0, found.start() - 60) : found.end() + 20]}”"
        for what, pattern in FOR_PROGRAMS.items()
        for found in pattern.finditer(text)
    ]
