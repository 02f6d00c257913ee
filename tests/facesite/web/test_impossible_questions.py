"""Addresses that ask what cannot be looked up are told so, with 400 or by the admin's list itself: never 500."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import DataError
from django.test import AsyncClient, Client, RequestFactory

from facesite.web.impossible_questions import refused_lookup

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESSES = [
    "/admin/people/person/?name__regex=[",
    "/admin/people/person/?name__iregex=(",
    "/admin/people/person/?created_at__year=99999999999",
    "/admin/people/person/?retired_at__year=99999999999&name__regex=[",
    "/admin/people/person/?metadata__a=%00",
    "/admin/people/person/?q=%00",
    "/admin/people/person/?name__icontains=%00",
    "/admin/autocomplete/?app_label=people&model_name=photo&field_name=person&term=%00",
    "/sightings/?before=0001-01-01T00:00:00%2B14:00_00000000-0000-4000-8000-000000000000",
    "/sightings/?before=9999-12-31T23:59:59-14:00_00000000-0000-4000-8000-000000000000",
    "/admin/streams/sighting/?first_seen_at__gte=0001-01-01T00:00:00%2B14:00",
    "/admin/streams/sighting/?first_seen_at__year=-1",
    "/admin/people/person/?created_at__year=0",
    "/admin/people/person/?created_at__iso_year__gte=-1",
    "/admin/streams/sighting/?first_seen_at__on=%00",
    "/admin/streams/detection/?quality__gt=nan&distance__gt=1e999",
    "/sightings/?person=%00",
    "/sightings/?day=0001-01-01",
    "/admin/people/photo/?reason_detail__a__b=%00",
    "/admin/people/person/?id__exact=%00",
    "/admin/people/person/?p=99999999999999999999",
    "/admin/people/person/?o=99999999999999999999.-1",
    "/api/v1/people/?search=%00",
    "/api/v1/people/?metadata.a=%00",
    "/admin/streams/camera/?analysis_fps__gt=1e400",
    "/admin/people/person/?_facets=%00",
    "/sightings/attendance/?from=9999-12-31&to=9999-12-31",
    "/admin/people/person/%00/change/",
    "/cameras/a%00b/",
    "/sightings/?before=%00",
    "/admin/people/apikey/?scopes__contains={",
    "/admin/people/person/?created_at__date=99999-01-01",
    "/admin/people/person/?created_at__gte=%2B262143-01-01",
    "/sightings/?before=0001-01-01T00:00:00%2B23:59_00000000-0000-4000-8000-000000000000",
    "/sightings/?before=0001-01-01T00:00:00-23:59_00000000-0000-4000-8000-000000000000",
    "/sightings/?before=9999-12-31T23:59:59%2B23:59_00000000-0000-4000-8000-000000000000",
    "/sightings/?before=9999-12-31T23:59:59.999999-23:59_00000000-0000-4000-8000-000000000000",
    "/sightings/?before=10000-01-01T00:00:00%2B00:00_00000000-0000-4000-8000-000000000000",
]
LOOKUPS_REFUSED_BY_THE_DATABASE = [
    "/admin/people/person/?name__regex=[",
    "/admin/people/person/?created_at__year=99999999999",
    "/admin/people/person/?created_at__year=-1",
    "/admin/people/apikey/?scopes__contains={",
]


@pytest.fixture
def browser(operator: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(operator)
    return client


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_hostile_address_is_no_fault_of_the_site(browser: Client, address: str) -> None:
    assert browser.get(address, follow=True).status_code < 500


@pytest.mark.parametrize("address", LOOKUPS_REFUSED_BY_THE_DATABASE)
def test_the_admins_list_shows_itself_and_says_so(browser: Client, address: str) -> None:
    answer = browser.get(address)
    assert (answer.status_code, answer["Location"]) == (302, address.split("?")[0] + "?e=1")


@pytest.mark.parametrize("address", ["/api/v1/people/?search=a%00", "/api/v1/people/%00/"])
def test_the_api_refuses_nul_in_its_own_shape(browser: Client, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code in (400, 404) and answer.json()["error"]["message"]


def test_pages_refuse_nul_in_words(browser: Client) -> None:
    answer = browser.get("/sightings/?person=%00")
    assert answer.status_code == 400 and "makes no sense" in answer.content.decode()


@pytest.mark.parametrize("address", ["/sightings/?person=%00", *LOOKUPS_REFUSED_BY_THE_DATABASE])
async def test_the_asgi_application_answers_so_too(operator: User, address: str) -> None:
    client = AsyncClient(raise_request_exception=False)
    await client.aforce_login(operator)
    assert (await client.get(address)).status_code in (302, 400)


def test_what_was_refused_stands_in_the_log_with_its_cause(browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    browser.get(LOOKUPS_REFUSED_BY_THE_DATABASE[0])
    (told,) = [record for record in caplog.records if "cannot be looked up" in record.getMessage()]
    assert told.exc_info and isinstance(told.exc_info[1], DataError)


def test_a_fault_while_something_is_written_stays_a_fault() -> None:
    assert refused_lookup(RequestFactory().post("/admin/x/?a=1"), DataError()) is None
    assert refused_lookup(RequestFactory().get("/admin/x/"), DataError()) is None
    assert refused_lookup(RequestFactory().get("/admin/x/?a=1"), ValueError()) is None
