"""Fills an empty site with a little of everything that a site can hold, the same in every release.

Written with models, commands and the API alone, so that it runs in any release: their names stay, modules move.
Times, ids and numbers are the same at each run; only names of stored crops, seals and moments of API calls are not.
"""

from __future__ import annotations

from typing import Any

from tests.upgrade.filling.accounts import add_keys, add_users, change_roles
from tests.upgrade.filling.calls import PASSWORD, ask_once, callers
from tests.upgrade.filling.cameras import add_cameras, add_searches, add_sightings
from tests.upgrade.filling.groups import add_groups
from tests.upgrade.filling.jobs import add_imports, add_thresholds
from tests.upgrade.filling.people import add_people, add_photos


def fill(drawn: bytes) -> dict[str, Any]:
    """`drawn` is a picture of the drawn face. Returns what no dump can tell: how each caller calls."""
    users = add_users()
    change_roles()
    keys = add_keys(users["ann"])
    people = add_people()
    add_photos(people, drawn)
    add_thresholds(users["ann"])
    add_imports(users["ann"], people["ruth"])
    cameras = add_cameras()
    add_groups(people, cameras, users["vera"], keys["kiosk"])
    add_sightings(people, cameras, drawn)
    add_searches(users, keys["door"])
    return {"password": PASSWORD, "callers": callers(), "repeated": ask_once()}
