"""The API of rules: what it refuses, in words at the field."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from streams.records.rule import Rule
from tests.api import client_of

pytestmark = pytest.mark.django_db
RULES = "/api/v1/rules/"


@pytest.mark.parametrize("url", [RULES, f"{RULES}preview/"])
@pytest.mark.parametrize("field", ["person", "watchlist"])
def test_nobody_is_null_and_not_an_empty_text(admin_user: User, url: str, field: str) -> None:
    body: dict[str, Any] = {"name": "Any", "kind": "unknown", field: ""}
    answer = client_of(admin_user).post(url, body, format="json")
    assert answer.status_code == 400
    assert [(each["field"], each["message"]) for each in answer.json()["error"]["details"]] == [
        (field, "Expected an id, or null.")
    ]
    assert client_of(admin_user).post(url, {**body, field: None}, format="json").status_code in (200, 201)
    assert Rule.objects.count() == (url == RULES)
