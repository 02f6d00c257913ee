"""What each role and each scope of a key may do over the API: every address and method, as one written table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.accounts.rights import ROLES, SCOPES, Scope
from tests.api import client_of
from tests.facesite.api.test_rights import BODIES, ROWS, TWIN, keys
from tests.people.imports.conftest import zip_of

__all__ = ["keys"]  # the fixture: one row of everything

# x: allowed; everything else is 403.
TABLE = """
                                              viewer operator enroller auditor administrator read_people write_people recognise read_sightings manage_cameras search_sightings export_cases analyse_videos correct_sightings read_alerts work_off_alerts manage_rules manage_channels
GET    /cameras/                              x      x        -        x       x             -           -            -         x              x              x                x            -              x                 -           -               -            -
GET    /cameras/csv/                          x      x        -        x       x             -           -            -         x              x              x                x            -              x                 -           -               -            -
POST   /cameras/                              -      x        -        -       x             -           -            -         -              x              -                -            -              -                 -           -               -            -
POST   /cameras/search/                       -      x        -        -       x             -           -            -         -              x              -                -            -              -                 -           -               -            -
POST   /cameras/test/                         -      x        -        -       x             -           -            -         -              x              -                -            -              -                 -           -               -            -
GET    /cameras/{slug}/                       x      x        -        x       x             -           -            -         x              x              x                x            -              x                 -           -               -            -
PUT    /cameras/{slug}/                       -      x        -        -       x             -           -            -         -              x              -                -            -              -                 -           -               -            -
PATCH  /cameras/{slug}/                       -      x        -        -       x             -           -            -         -              x              -                -            -              -                 -           -               -            -
DELETE /cameras/{slug}/                       -      x        -        -       x             -           -            -         -              x              -                -            -              -                 -           -               -            -
GET    /cameras/{slug}/snapshot/              x      x        -        x       x             -           -            -         x              x              x                x            -              x                 -           -               -            -
GET    /cases/                                -      x        -        x       x             -           -            -         -              -              -                x            -              -                 -           -               -            -
POST   /cases/                                -      x        -        -       x             -           -            -         -              -              -                x            -              -                 -           -               -            -
GET    /cases/{id}/                           -      x        -        x       x             -           -            -         -              -              -                x            -              -                 -           -               -            -
DELETE /cases/{id}/                           -      x        -        -       x             -           -            -         -              -              -                x            -              -                 -           -               -            -
GET    /cases/{id}/download/                  -      x        -        -       x             -           -            -         -              -              -                x            -              -                 -           -               -            -
GET    /videos/                               -      x        -        -       x             -           -            -         -              -              -                -            x              -                 -           -               -            -
POST   /videos/                               -      x        -        -       x             -           -            -         -              -              -                -            x              -                 -           -               -            -
GET    /videos/{id}/                          -      x        -        -       x             -           -            -         -              -              -                -            x              -                 -           -               -            -
DELETE /videos/{id}/                          -      x        -        -       x             -           -            -         -              -              -                -            x              -                 -           -               -            -
GET    /videos/{id}/csv/                      -      x        -        -       x             -           -            -         -              -              -                -            x              -                 -           -               -            -
GET    /videos/{id}/sightings/                -      x        -        -       x             -           -            -         -              -              -                -            x              -                 -           -               -            -
GET    /detections/                           x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /detections/csv/                       x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /detections/{id}/                      x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /detections/{id}/frame/                x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /detections/{id}/links/                x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /detections/{id}/snapshot/             x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /gallery/                              x      x        x        x       x             x           -            -         -              -              -                -            -              -                 -           -               -            -
GET    /imports/                              -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /imports/                              -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /imports/{id}/                         -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /imports/{id}/cancel/                  -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /imports/{id}/report/                  -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /live/                                 x      x        -        x       x             -           -            -         x              x              x                x            -              x                 -           -               -            -
GET    /people/                               x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /people/csv/                           x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /people/                               -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /people/{id}/                          x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
PUT    /people/{id}/                          -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
PATCH  /people/{id}/                          -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
DELETE /people/{id}/                          -      -        -        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /people/{id}/merge/                    -      -        -        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /people/{id}/restore/                  -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /people/{id}/retire/                   -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /photos/                               x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /photos/csv/                           x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /photos/                               -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /photos/{id}/                          x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
DELETE /photos/{id}/                          -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /photos/{id}/choose-face/              -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /photos/{id}/confirm/                  -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /photos/{id}/crop/                     x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /photos/{id}/image/                    x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /photos/{id}/links/                    x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /photos/{id}/move/                     -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /photos/{id}/reject/                   -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /photos/{id}/retry/                    -      -        x        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /recognise/                            -      x        x        -       x             -           -            x         -              -              -                -            -              -                 -           -               -            -
GET    /sightings/                            x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /presence/                             -      x        -        -       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /reports/attendance/                   x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /reports/attendance/csv/               x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /sightings/csv/                        x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
POST   /sightings/search/                     -      x        -        -       x             -           -            -         -              -              x                -            -              -                 -           -               -            -
GET    /sightings/{id}/                       x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /strangers/                            x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /strangers/{id}/                       x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
POST   /strangers/{id}/different/             -      x        -        -       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
POST   /strangers/{id}/forget/                -      x        -        -       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
POST   /strangers/{id}/ignore/                -      x        -        -       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
POST   /strangers/{id}/is/                    -      x        -        -       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
POST   /strangers/{id}/join/                  -      x        -        -       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
POST   /strangers/{id}/name/                  -      x        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               -            -
POST   /strangers/{id}/split/                 -      x        -        -       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
POST   /strangers/{id}/unignore/              -      x        -        -       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
POST   /verify/                               -      x        x        -       x             -           -            x         -              -              -                -            -              -                 -           -               -            -
GET    /watchlists/                           x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /watchlists/csv/                       x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
POST   /watchlists/                           -      x        -        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /watchlists/{id}/                      x      x        x        x       x             x           x            -         -              -              -                -            -              -                 -           -               -            -
PUT    /watchlists/{id}/                      -      x        -        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
PATCH  /watchlists/{id}/                      -      x        -        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
DELETE /watchlists/{id}/                      -      x        -        -       x             -           x            -         -              -              -                -            -              -                 -           -               -            -
GET    /edits/                                -      x        -        x       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
GET    /edits/{id}/                           -      x        -        x       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
POST   /edits/{id}/undo/                      -      x        -        -       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
POST   /sightings/{id}/correct/               -      x        -        -       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
POST   /videos/{id}/sightings/{face}/correct/ -      x        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               -            -
POST   /sightings/search/csv/                 -      x        -        -       x             -           -            -         -              -              x                -            -              -                 -           -               -            -
GET    /strangers/csv/                        x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
GET    /edits/csv/                            -      x        -        x       x             -           -            -         -              -              -                -            -              x                 -           -               -            -
GET    /channels/                             -      -        -        x       x             -           -            -         -              -              -                -            -              -                 -           -               -            x
POST   /channels/                             -      -        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               -            x
GET    /channels/{id}/                        -      -        -        x       x             -           -            -         -              -              -                -            -              -                 -           -               -            x
PUT    /channels/{id}/                        -      -        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               -            x
PATCH  /channels/{id}/                        -      -        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               -            x
DELETE /channels/{id}/                        -      -        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               -            x
POST   /channels/{id}/test/                   -      -        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               -            x
POST   /channels/{id}/signing-key/-           -      -        -        x       -             -           -            -         -              -              -                -            -              -                 -           -               x            -
GET    /deliveries/                           -      -        -        x       x             -           -            -         -              -              -                -            -              -                 -           -               -            x
GET    /deliveries/{id}/                      -      -        -        x       x             -           -            -         -              -              -                -            -              -                 -           -               -            x
GET    /alerts/                               -      x        -        x       x             -           -            -         -              -              -                -            -              -                 x           x               x            -
GET    /alerts/{id}/                          -      x        -        x       x             -           -            -         -              -              -                -            -              -                 x           x               x            -
POST   /alerts/{id}/acknowledge/              -      x        -        -       x             -           -            -         -              -              -                -            -              -                 -           x               -            -
POST   /alerts/{id}/close/                    -      x        -        -       x             -           -            -         -              -              -                -            -              -                 -           x               -            -
POST   /alerts/{id}/note/                     -      x        -        -       x             -           -            -         -              -              -                -            -              -                 -           x               -            -
GET    /rules/                                -      x        -        x       x             -           -            -         -              -              -                -            -              -                 x           x               x            -
GET    /rules/{id}/                           -      x        -        x       x             -           -            -         -              -              -                -            -              -                 x           x               x            -
POST   /rules/                                -      -        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               x            -
POST   /rules/preview/                        -      -        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               x            -
PUT    /rules/{id}/                           -      -        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               x            -
PATCH  /rules/{id}/                           -      -        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               x            -
DELETE /rules/{id}/                           -      -        -        -       x             -           -            -         -              -              -                -            -              -                 -           -               x            -
GET    /detections/{id}/clip/                 x      x        -        x       x             -           -            -         x              -              x                x            -              x                 -           -               -            -
"""  # noqa: E501 - a table is read across
LINES = [line.split() for line in TABLE.strip().splitlines()[1:]]
COLUMNS = TABLE.split()[:18]


@pytest.fixture
def as_column(column: str, operator: User) -> APIClient:
    """A user with just the role, or an API key of the all-powerful operator with just the scope."""
    if column in ROLES:
        user = User.objects.create_user("somebody")
        user.groups.add(Group.objects.get(name=column))
        return client_of(user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Key {make_key(name='k', scopes=[column], by=operator)[1]}")
    return client


@pytest.mark.parametrize("column", COLUMNS)
def test_the_table_of_roles_and_scopes_holds(
    column: str, as_column: APIClient, keys: dict[str, str], portraits: Path
) -> None:
    wrong = []
    for method, path, *marks in LINES:
        allowed = marks[COLUMNS.index(column)] == "x"
        with transaction.atomic():  # each line finds everything as it was
            status = status_of(as_column, method, path, keys, portraits)
            transaction.set_rollback(True)
        if (status == 403) == allowed or status >= 500:
            wrong.append((method, path, status, allowed))
    assert not wrong


def status_of(client: APIClient, method: str, path: str, keys: dict[str, str], portraits: Path) -> int:
    key = keys.get(path.split("/")[1], "")
    body, kind = BODIES.get(path), "json"
    if (method, path) == ("POST", "/photos/"):
        picture = (portraits / "astronaut.png").read_bytes() + b"another"
        body, kind = {"person": keys["people"], "images": [SimpleUploadedFile("a.png", picture)]}, "multipart"
    if (method, path) == ("POST", "/imports/"):
        body, kind = {"file": SimpleUploadedFile("people.zip", zip_of("Grace.jpg").getvalue())}, "multipart"
    if (method, path) == ("POST", "/videos/"):
        body, kind = {"title": "Yard", "file": SimpleUploadedFile("yard.mp4", b"a video")}, "multipart"
    if path in ("/recognise/", "/verify/", "/sightings/search/", "/sightings/search/csv/"):
        body, kind = {"image": SimpleUploadedFile("a.png", b"no picture")}, "multipart"  # 400 once it is let in
    url = f"/api/v1{path.format(id=key, slug=key, face=TWIN)}"
    answer = getattr(client, method.lower())(url, body if method != "GET" else None, format=kind)
    return int(answer.status_code)


def test_the_table_names_every_operation_but_tokens() -> None:
    assert {(line[0], line[1]) for line in LINES} == {(row[0], row[1]) for row in ROWS if row[1] != "/token/"}


def test_an_administrator_has_every_right_that_a_key_can_carry() -> None:
    lacking: dict[str, Any] = {scope: SCOPES[scope] - ROLES["administrator"] for scope in Scope}
    assert not {scope: rights for scope, rights in lacking.items() if rights}
