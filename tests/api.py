"""The API as a program sees it: a client that speaks with its user's own token."""

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from people.accounts.tokens import token_of

NOBODY = "00000000-0000-4000-8000-000000000000"
"""An id that nothing has; the same in each run, so that tests have names that stay."""


def client_of(user: User | None) -> APIClient:
    """Anonymous for None."""
    client = APIClient()
    if user:
        client.credentials(HTTP_AUTHORIZATION=f"Token {token_of(user)}")
    return client


def queries_of(client: APIClient, url: str) -> int:
    """How many queries it takes to answer `url`."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
