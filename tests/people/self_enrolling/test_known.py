"""Large bodies are read from whoever has a link that takes pictures, and from no other stranger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from facesite.web.bodies import is_known
from people.records.enrolment_link import EnrolmentLink
from people.self_enrolling.known import takes_pictures
from people.self_enrolling.making import make_kiosk
from tests.people.self_enrolling.conftest import Link

pytestmark = pytest.mark.django_db


def asked(path: str) -> bool:
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
    return is_known(scope)


def test_a_link_that_takes_pictures_is_known(link: Link) -> None:
    assert asked(f"/enrol/{link[1]}/pictures/") and takes_pictures(f"/enrol/{link[1]}/")


@pytest.mark.parametrize("path", ["/enrol/x/pictures/", "/enrol//pictures/", "/enrol/", "/kiosk/x/", "/"])
def test_no_other_address_is(link: Link, path: str) -> None:
    assert not asked(path)


def test_nor_is_one_that_is_over(link: Link) -> None:
    EnrolmentLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not asked(f"/enrol/{link[1]}/pictures/")


def test_nor_is_a_kiosk(link: Link) -> None:
    """Its page takes a name; pictures come by the link that it makes."""
    _kiosk, secret = make_kiosk(place="door", by=None)
    assert not asked(f"/kiosk/{secret}/") and not asked(f"/enrol/{secret}/pictures/")
