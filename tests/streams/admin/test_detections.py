"""Detections in the admin: an unknown face is not shown as whoever happens to be nearest."""

from __future__ import annotations

import pytest
from django.test import Client

from people.records.person import Person
from tests.streams.pages.rows import a_camera, a_detection, a_sighting

pytestmark = pytest.mark.django_db


def test_the_nearest_person_of_an_unknown_face_is_called_so(admin_client: Client) -> None:
    nearest = Person.objects.create(name="Joe")
    look = a_detection(a_sighting(a_camera()), person=nearest, distance=0.5695897147195, margin=0.0312345, picture=b"")
    for path in ("detection/", f"detection/{look.pk}/change/"):
        page = admin_client.get(f"/admin/streams/{path}").content.decode()
        assert "earest person" in page and "Joe" in page and ">Person" not in page.split('id="content-main"')[1]
        assert "0.57" in page and "0.5695" not in page and "0.0312" not in page
