"""What a release says about a database: the API's answers to each caller, and the rights of users and roles.

VAR=folder python -m tests.upgrade.answers told.json, which prints them as JSON
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

URLS = (
    *("people/", "people/?retired=true", "people/?metadata.badge=17", "photos/", "watchlists/", "gallery/", "imports/"),
    *("cameras/", "sightings/", "detections/", "reports/attendance/?from=2026-11-01&to=2026-11-02"),
)
SEE_MOST = ("door", "kiosk", "vera")
"""Everything, and two that are limited; of the other callers it is enough whether they are let in."""
Callers = dict[str, dict[str, str]]
"""By name, the headers that they send, as WSGI calls them."""


def answers(callers: Callers) -> dict[str, Any]:
    """Within this process: nothing but the question is at work."""
    from django.contrib.auth.models import Group, User

    return {
        "answers": {
            name: {url: _answer(url, headers) for url in (URLS if name in SEE_MOST else ["gallery/"])}
            for name, headers in callers.items()
        },
        "users": {user.username: sorted(user.get_all_permissions()) for user in User.objects.order_by("pk")},
        "roles": {group.name: sorted(map(_right, group.permissions.all())) for group in Group.objects.order_by("pk")},
    }


def _answer(url: str, headers: dict[str, str]) -> Any:
    from django.test import Client

    answer = Client(SERVER_NAME="localhost", **headers).get(f"/api/v1/{url}")
    return answer.json() if answer.status_code == 200 else answer.status_code


def _right(permission: Any) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


if __name__ == "__main__":
    import django

    django.setup()
    told = json.loads(Path(sys.argv[1]).read_text())
    print(json.dumps(answers(told["callers"])))  # noqa: T201 - its way of answering
