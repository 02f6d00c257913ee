"""The pages of refusals and faults: what they say, and that they leave no connection to the database open."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client
from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from people.dialect.base import DialectView

pytestmark = pytest.mark.django_db(transaction=True)
PICTURE = (b"\x89PNG", "a.png")


def slow(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    return HttpResponse()


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


class SlowAPI(APIView):
    permission_classes = ()

    def get(self, request: Any) -> Response:
        return Response(slow(request).content)


class SlowDialect(DialectView):
    authentication_classes = []
    permission_classes = []

    def get(self, request: Any) -> Response:
        return Response(slow(request).content)


urlpatterns = [
    path("slow/", slow),
    path("broken/", broken),
    path("forbidden/", forbidden),
    path("slow-api/", SlowAPI.as_view()),
    path("slow-dialect/", SlowDialect.as_view()),
    path("", include("facesite.urls")),
]
handler400 = "facesite.web.error_pages.bad_request"
handler403 = "facesite.web.error_pages.forbidden"
handler404 = "facesite.web.error_pages.not_found"
handler500 = "facesite.web.error_pages.fault"


def connections_open() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


@pytest.fixture(autouse=True)
def with_views(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.STATEMENT_SECONDS = 0.3


@pytest.mark.parametrize(
    ("url", "status"), [("/nowhere/", 404), ("/forbidden/", 403), ("/broken/", 500), ("/slow/", 503)]
)
async def test_an_error_page_under_asgi_leaves_no_connection_open(url: str, status: int) -> None:
    user = await database_sync_to_async(User.objects.create_user)("ann")
    clients = [AsyncClient(raise_request_exception=False) for _ in range(8)]
    for client in clients:
        await client.aforce_login(user)
    before = await database_sync_to_async(connections_open)()
    answers = await asyncio.gather(*(client.get(url) for client in clients))
    assert [answer.status_code for answer in answers] == [status] * 8
    # Postgres' process of a connection that was closed takes a moment to go, 69 ms on a busy machine.
    async with asyncio.timeout(10):
        while await database_sync_to_async(connections_open)() > before:
            await asyncio.sleep(0.05)


def test_pages_say_who_is_logged_in() -> None:
    client = Client()
    client.force_login(User.objects.create_user("ann"))
    assert b"Log out" in client.get("/nowhere/").content


def test_a_page_whose_statement_takes_too_long_says_so_and_when_to_try_again() -> None:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_user("ann"))
    answer = client.get("/slow/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert b"This took too long" in answer.content


def test_the_api_says_so_with_a_reason() -> None:
    answer = Client().get("/slow-api/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.json()["error"]["code"] == "took_too_long"
    assert "did not answer in time" in answer.json()["error"]["message"]


def test_comprefaces_dialect_says_so_too() -> None:
    answer = Client().get("/slow-dialect/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.json()["code"] == 0 and "did not answer in time" in answer.json()["message"]


def test_any_other_fault_is_a_fault() -> None:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_user("ann"))
    answer = client.get("/broken/")
    assert answer.status_code == 500 and b"Something went wrong" in answer.content
