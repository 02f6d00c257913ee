"""Single sign-on against a real provider on loopback: whom it lets in, in which roles, and which tokens are refused."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import Group, User
from django.test import Client

from facesite.checks import provider_is_complete
from tests.facesite.login.factors import App
from tests.facesite.login.fake_provider import CLIENT, SECRET, FakeProvider

START, BACK = "/account/single-sign-on/", "/account/single-sign-on/back/"


@pytest.fixture
def provider(settings: Any, db: None) -> Iterator[FakeProvider]:
    with FakeProvider() as provider:
        settings.OIDC_ISSUER, settings.OIDC_NAME = provider.issuer, "Works Login"
        settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
        settings.OIDC_ROLES = {"staff": "operator", "visitors": "viewer"}
        yield provider


def address_of(page: Any) -> str:
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return unescape(found[1])


def way_back(client: Client, **sent: str) -> str:
    """Goes to the provider; returns the address on this site that it leads back to."""
    answer = httpx.get(address_of(client.post(START, sent)))
    back = urlsplit(answer.headers["Location"])
    assert (back.netloc, back.path) == ("testserver", BACK)
    return f"{back.path}?{back.query}"


def come(client: Client, **sent: str) -> Any:
    return client.get(way_back(client, **sent))


def is_logged_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def roles(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


# --- who is let in


def test_the_login_page_has_a_button_with_the_providers_name(provider: FakeProvider) -> None:
    assert "Log in with Works Login" in Client().get("/login/").content.decode()


def test_without_a_provider_there_is_neither_button_nor_page(db: None) -> None:
    assert "Log in with" not in Client().get("/login/").content.decode()
    assert [Client().post(START).status_code, Client().get(BACK).status_code] == [404, 404]


def test_somebody_new_gets_an_account_with_the_roles_of_the_groups(provider: FakeProvider) -> None:
    provider.person |= {"given_name": "Ann", "family_name": "Bee", "email": "ann@example.org", "email_verified": True}
    client = Client()
    assert come(client, next="/sightings/")["Location"] == "/sightings/"
    user = User.objects.get()
    assert (user.username, user.first_name, user.last_name, user.email) == ("ann", "Ann", "Bee", "ann@example.org")
    assert roles(user) == {"operator"} and user.is_staff and not user.is_superuser and not user.has_usable_password()
    assert client.get("/sightings/").status_code == 200 and client.get("/admin/streams/camera/").status_code == 200
    assert not SocialToken.objects.exists()


def test_the_same_person_comes_back_under_another_name(provider: FakeProvider) -> None:
    come(Client())
    provider.person["preferred_username"] = "renamed"
    client = Client()
    come(client)
    assert is_logged_in(client) and User.objects.get().username == "ann"


def test_who_has_no_group_with_a_role_gets_no_account(provider: FakeProvider) -> None:
    provider.person["groups"] = ["elsewhere"]
    client = Client()
    answer = come(client)
    assert answer.status_code == 403 and "None of your groups at Works Login has a role" in answer.content.decode()
    assert not User.objects.exists() and not is_logged_in(client)


@pytest.mark.parametrize("groups", [None, "staff", ["staff", 7], []])
def test_groups_come_as_providers_send_them(provider: FakeProvider, groups: Any) -> None:
    provider.person["groups"] = groups
    client = Client()
    come(client)
    assert is_logged_in(client) is bool(groups)


def test_roles_follow_the_groups_at_every_login(provider: FakeProvider) -> None:
    come(Client())
    user = User.objects.get()
    user.groups.add(Group.objects.get(name="auditor"))
    provider.person["groups"] = ["visitors"]
    come(Client())
    assert roles(user) == {"viewer", "auditor"}  # the last is none of OIDC_ROLES: an administrator gave it
    provider.person["groups"] = []
    come(Client())
    user.refresh_from_db()
    assert roles(user) == {"auditor"} and not user.is_staff


def test_a_login_by_the_provider_lasts_a_working_day_and_one_by_password_as_long_as_before(
    provider: FakeProvider, viewer: User, settings: Any
) -> None:
    by_provider, by_password = Client(), Client()
    come(by_provider)
    by_password.post("/login/", {"username": "viewer", "password": "viewer"})
    assert by_provider.session.get_expiry_age() == 12 * 3600
    assert by_password.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_no_group_makes_a_superuser_and_none_unmakes_one(provider: FakeProvider, operator: User) -> None:
    SocialAccount.objects.create(user=operator, provider=provider.issuer, uid="42")
    provider.person["groups"] = []
    come(Client())
    operator.refresh_from_db()
    assert operator.is_superuser and operator.is_staff


@pytest.mark.parametrize("name", ["viewer", "VIEWER"])
@pytest.mark.parametrize("verified", [True, False])
def test_an_existing_account_is_not_taken_by_name_or_mail(
    provider: FakeProvider, viewer: User, name: str, verified: bool
) -> None:
    viewer.email = "viewer@example.org"
    viewer.save()
    provider.person |= {"preferred_username": name, "email": "viewer@example.org", "email_verified": verified}
    client = Client()
    answer = come(client)
    assert answer.status_code == 403 and "There is already an account" in answer.content.decode()
    assert not is_logged_in(client) and not SocialAccount.objects.exists()


def test_the_same_mail_under_another_name_is_another_account(provider: FakeProvider, viewer: User) -> None:
    viewer.email = "ann@example.org"
    viewer.save()
    provider.person |= {"email": "ann@example.org", "email_verified": True}
    client = Client()
    come(client)
    assert client.session["_auth_user_id"] != str(viewer.pk) and User.objects.count() == 2


def test_another_providers_subject_is_somebody_else(provider: FakeProvider, viewer: User) -> None:
    SocialAccount.objects.create(user=viewer, provider="https://former.example", uid="42")
    client = Client()
    come(client)
    assert client.session["_auth_user_id"] != str(viewer.pk)


def test_who_is_switched_off_stays_out(provider: FakeProvider) -> None:
    come(Client())
    User.objects.update(is_active=False)
    client = Client()
    assert come(client)["Location"] == "/account/inactive/"
    assert not is_logged_in(client)
    assert "switched off" in client.get("/account/inactive/").content.decode()


@pytest.mark.parametrize(
    "name, becomes",
    [
        ("ann@example.org", "ann@example.org"),
        ("Ann Bee", "Ann-Bee"),
        ("<b>", "-b-"),
        ("", "42"),
        ("x" * 300, "x" * 150),
    ],
    ids=["mail", "space", "markup", "none", "long"],
)
def test_names_are_such_as_names_here_may_be(provider: FakeProvider, name: str, becomes: str) -> None:
    provider.person["preferred_username"] = name
    come(Client())
    assert User.objects.get().username == becomes


# --- connecting one's own account


def test_an_account_is_connected_by_its_owner_and_disconnected(provider: FakeProvider, viewer: User) -> None:
    client = Client()
    client.post("/login/", {"username": "viewer", "password": "viewer"})
    assert come(client)["Location"] == "/account/"
    page = client.get("/account/").content.decode()
    assert "Your account is connected" in page
    again = Client()
    come(again)
    assert again.session["_auth_user_id"] == str(viewer.pk)
    client.post(f"{START}end/")
    assert not SocialAccount.objects.exists()


def test_connecting_asks_for_the_password_after_a_while(
    provider: FakeProvider, viewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    client.post("/login/", {"username": "viewer", "password": "viewer"})
    back = way_back(client)
    now = time.time()
    monkeypatch.setattr("facesite.login.account_adapter.time", lambda: now + 301)
    assert client.get(back)["Location"] == "/account/confirm/"
    assert not SocialAccount.objects.exists()


def test_only_a_form_of_this_site_begins_it(provider: FakeProvider, viewer: User) -> None:
    """Else another site could connect its own login at the provider with its reader's account here."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(viewer)
    assert client.get(START).status_code == 405
    assert client.post(START).status_code == 403


def test_who_has_no_password_keeps_the_connection(provider: FakeProvider) -> None:
    client = Client()
    come(client)
    client.post(f"{START}end/")
    assert SocialAccount.objects.exists()


# --- what is refused


@pytest.mark.parametrize(
    "spoilt",
    [
        {"aud": "another"},
        {"aud": ["facesite", "another"]},
        {"aud": ["facesite", "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"sub": None},
        {"iat": 99_999_999_999},
    ],
    ids=["audience", "audiences", "party", "issuer", "nonce", "no-nonce", "expired", "no-end", "no-subject", "future"],
)
def test_a_token_that_says_something_wrong_is_refused(provider: FakeProvider, spoilt: dict[str, Any]) -> None:
    provider.spoilt = spoilt
    client = Client()
    answer = come(client)
    assert answer.status_code == 401 and "The login did not work" in answer.content.decode()
    assert not is_logged_in(client) and not User.objects.exists()


def test_a_token_for_several_audiences_names_this_site_as_its_party(provider: FakeProvider) -> None:
    provider.spoilt = {"aud": ["facesite", "another"], "azp": "facesite"}
    client = Client()
    come(client)
    assert is_logged_in(client)


@pytest.mark.parametrize("how", ["another key", "HS256", "none"])
def test_a_token_that_another_has_signed_is_refused(provider: FakeProvider, how: str) -> None:
    if how == "another key":
        provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    else:
        provider.algorithm = how
    client = Client()
    assert come(client).status_code == 401
    assert not is_logged_in(client)


def test_userinfo_of_somebody_else_is_refused(provider: FakeProvider) -> None:
    provider.userinfo = {"sub": "43"}
    client = Client()
    assert come(client).status_code == 401
    assert not is_logged_in(client)


def test_an_answer_works_once_and_only_in_the_browser_that_asked(provider: FakeProvider) -> None:
    client, other = Client(), Client()
    back = way_back(client)
    assert other.get(back).status_code == 401
    assert client.get(back).status_code == 302
    client.post("/logout/")
    assert client.get(back).status_code == 401
    assert not is_logged_in(other) and not is_logged_in(client)


@pytest.mark.parametrize("query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=server_error"])
def test_an_answer_that_nobody_asked_for_is_refused(provider: FakeProvider, query: str) -> None:
    assert Client().get(BACK + query).status_code == 401


def test_who_cancels_is_back_at_the_login(provider: FakeProvider) -> None:
    provider.denies = True
    client = Client()
    answer = client.get(way_back(client), follow=True)
    assert "You did not log in at Works Login" in answer.content.decode()


def test_a_provider_that_calls_itself_another_is_not_asked_further(provider: FakeProvider) -> None:
    provider.described = {"issuer": "https://evil.example"}
    assert Client().post(START).status_code == 503
    assert set(provider.asked) == {"/.well-known/openid-configuration"}


@pytest.mark.parametrize("kept_out", ["scope", "auth_params"])
def test_the_address_adds_nothing_to_what_is_asked(provider: FakeProvider, kept_out: str) -> None:
    page = Client().post(f"{START}?{kept_out}=admin%3Dyes")
    asked = parse_qs(urlsplit(address_of(page)).query)
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"} and "admin" not in asked


@pytest.mark.parametrize("gone", ["slow", "away"])
def test_a_provider_that_does_not_answer_is_told_within_its_time(
    provider: FakeProvider, settings: Any, gone: str
) -> None:
    if gone == "slow":
        provider.delay_s, settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 3, 0.3
    else:
        settings.OIDC_ISSUER = "http://127.0.0.1:9"
    begun = time.monotonic()
    answer = Client().post(START)
    assert answer.status_code == 503 and "Works Login does not answer" in answer.content.decode()
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example"])
def test_it_leads_to_no_other_site(provider: FakeProvider, wanted: str) -> None:
    assert come(Client(), next=wanted)["Location"] == "/"


# --- the second factor


@pytest.mark.parametrize("counts, status", [(True, 200), (False, 302)])
def test_the_providers_login_counts_as_a_second_factor_unless_configured_otherwise(
    provider: FakeProvider, settings: Any, counts: bool, status: int
) -> None:
    settings.SECOND_FACTOR_ROLES, settings.OIDC_COUNTS_AS_SECOND_FACTOR = ["operator"], counts
    client = Client()
    come(client)
    assert client.get("/sightings/").status_code == status


def test_who_has_a_second_factor_here_is_asked_for_it_by_this_way_too(provider: FakeProvider) -> None:
    come(Client())
    app = App.of(User.objects.get())
    client = Client()
    assert come(client)["Location"] == "/account/second-factor/authenticate/"
    assert not is_logged_in(client)
    client.post("/account/second-factor/authenticate/", {"code": app.code()})
    assert is_logged_in(client)


def test_without_a_password_a_second_factor_is_set_up_right_after_the_login(provider: FakeProvider) -> None:
    client = Client()
    come(client)
    assert client.get("/account/second-factor/totp/activate/").status_code == 200


# --- settings


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"OIDC_ISSUER": "https://login.example"}, "without OIDC_CLIENT_ID"),
        ({"OIDC_ISSUER": "http://login.example", "OIDC_CLIENT_ID": "x"}, "https://"),
        ({"OIDC_ROLES": {"staff": "boss"}}, "no role: boss"),
    ],
    ids=["client", "https", "role"],
)
def test_a_wrong_setting_is_found_before_the_site_starts(settings: Any, wrong: dict[str, Any], told: str) -> None:
    assert provider_is_complete(None) == []
    for name, value in wrong.items():
        setattr(settings, name, value)
    (error,) = provider_is_complete(None)
    assert told in error.msg
