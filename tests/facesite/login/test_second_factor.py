"""The second factor: asked for at the login and by the API's token, and required by role."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.core.management import CommandError, call_command
from django.test import Client
from rest_framework.test import APIClient

from facesite.checks import second_factor_roles_exist
from facesite.login.second_factor import lacks_second_factor
from people.accounts.guesses import PER_CODE
from people.accounts.second_factors import has_second_factor
from people.accounts.tokens import token_of
from tests.facesite.login.factors import App, recovery_codes_of

RIGHT = {"username": "viewer", "password": "viewer"}
CODE_PAGE = "/account/second-factor/authenticate/"
TOKEN = "/api/v1/token/"


def logged_in() -> Client:
    client = Client()
    client.post("/login/", RIGHT)
    return client


def test_after_the_password_the_login_asks_for_the_code(viewer: User) -> None:
    app = App.of(viewer)
    client = Client()
    answer = client.post("/login/", {**RIGHT, "next": "/sightings/"})
    assert answer["Location"] == CODE_PAGE
    assert client.get("/sightings/")["Location"] == "/login/?next=/sightings/"
    assert "Enter your code" in client.get(CODE_PAGE).content.decode()
    assert client.post(CODE_PAGE, {"code": app.code()})["Location"] == "/sightings/"
    assert client.get("/sightings/").status_code == 200


def test_a_wrong_code_opens_nothing_and_says_so(viewer: User) -> None:
    App.of(viewer)
    client = logged_in()
    page = client.post(CODE_PAGE, {"code": "12345x"}).content.decode()
    assert "This code is not right" in page
    assert client.get("/sightings/").status_code == 302


def test_a_code_works_once(viewer: User) -> None:
    code = App.of(viewer).code()
    assert logged_in().post(CODE_PAGE, {"code": code}).status_code == 302
    assert logged_in().post(CODE_PAGE, {"code": code}).status_code == 200


def test_a_recovery_code_lets_in_once(viewer: User) -> None:
    App.of(viewer)
    code = recovery_codes_of(viewer)[0]
    assert logged_in().post(CODE_PAGE, {"code": code}).status_code == 302
    assert logged_in().post(CODE_PAGE, {"code": code}).status_code == 200


def test_codes_are_guessed_ten_times_an_hour_over_all_ways_in(viewer: User) -> None:
    app = App.of(viewer)
    client = logged_in()
    for _ in range(PER_CODE.most // 2):
        assert client.post(CODE_PAGE, {"code": "wrong"}).status_code == 200
        assert APIClient().post(TOKEN, {**RIGHT, "code": "wrong"}).status_code == 400
    answer = client.post(CODE_PAGE, {"code": app.code()})
    assert answer.status_code == 429 and "then try again" in answer.content.decode()
    assert APIClient().post(TOKEN, {**RIGHT, "code": app.code()}).status_code == 429


def test_who_gives_up_at_the_code_has_to_begin_again(viewer: User) -> None:
    app = App.of(viewer)
    client = logged_in()
    client.post("/logout/")
    assert client.post(CODE_PAGE, {"code": app.code()})["Location"] == "/login/"


def test_secrets_are_sealed_in_the_database(viewer: User) -> None:
    app = App.of(viewer)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert app.secret not in stored
    assert not any(code in stored for code in recovery_codes_of(viewer))


def test_a_second_factor_outlasts_a_new_key_of_the_site_while_the_old_one_is_a_fallback(
    viewer: User, settings: Any
) -> None:
    app = App.of(viewer)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new " * 20, [settings.SECRET_KEY]
    assert APIClient().post(TOKEN, {**RIGHT, "code": app.code()}).status_code == 200


def test_without_the_old_key_no_code_is_right_and_the_log_says_why(
    viewer: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App.of(viewer)
    settings.SECRET_KEY = "new " * 20
    assert APIClient().post(TOKEN, {**RIGHT, "code": app.code()}).status_code == 400
    assert "SECRET_KEY has changed" in caplog.text


# --- the token of the API


def test_a_token_needs_the_code(viewer: User) -> None:
    app = App.of(viewer)
    answer = APIClient().post(TOKEN, RIGHT)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0] == {
        "field": "code",
        "code": "second_factor_required",
        "message": "This user has a second factor: send the code that the app shows as `code`.",
    }
    wrong = APIClient().post(TOKEN, {**RIGHT, "code": "12345x"})
    assert wrong.json()["error"]["details"][0]["code"] == "second_factor_wrong"
    assert APIClient().post(TOKEN, {**RIGHT, "code": app.code()}).status_code == 200


def test_a_token_from_before_the_second_factor_keeps_working(viewer: User) -> None:
    token = token_of(viewer)
    App.of(viewer)
    answer = APIClient().get("/api/v1/people/", headers={"Authorization": f"Token {token}"})
    assert answer.status_code == 200


def test_whether_somebody_has_a_second_factor_is_told_only_to_who_knows_the_password(viewer: User) -> None:
    App.of(viewer)
    answer = APIClient().post(TOKEN, {**RIGHT, "password": "wrong"})
    assert "code" not in {each["field"] for each in answer.json()["error"]["details"]}


# --- required by role


@pytest.fixture
def required(viewer: User, settings: Any) -> User:
    """The viewer is an operator, and operators must have a second factor."""
    settings.SECOND_FACTOR_ROLES = ["operator"]
    viewer.groups.add(Group.objects.get(name="operator"))
    viewer.is_staff = True
    viewer.save()
    return viewer


@pytest.mark.parametrize(
    "path", ["/", "/sightings/", "/admin/", "/account/", "/account/devices/", "/account/password/"]
)
def test_who_must_have_one_is_led_to_set_it_up(required: User, path: str) -> None:
    client = logged_in()
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, "/account/second-factor/")
    assert "Your role requires a second factor" in client.get("/account/second-factor/").content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic x"}])
def test_nor_does_the_api_answer_the_session(required: User, method: str, header: dict[str, str]) -> None:
    answer = getattr(logged_in(), method)("/api/v1/people/", headers=header)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "second_factor_required")


def test_nor_does_the_password_alone_give_a_token(required: User) -> None:
    answer = APIClient().post(TOKEN, RIGHT)
    assert answer.status_code == 400
    assert answer.json()["error"]["details"][0]["code"] == "second_factor_missing"


def test_a_token_that_exists_keeps_working(required: User) -> None:
    headers = {"Authorization": f"Token {token_of(required)}"}
    assert APIClient().get("/api/v1/people/", headers=headers).status_code == 200


def test_setting_up_an_app_opens_the_site_and_shows_recovery_codes(required: User) -> None:
    client = logged_in()
    page = client.get("/account/second-factor/totp/activate/").content.decode()
    found = re.search(r'class="secret">([A-Z2-7]+)<', page)
    assert found
    answer = client.post("/account/second-factor/totp/activate/", {"code": App(found[1]).code()})
    assert answer["Location"] == "/account/second-factor/recovery-codes/"
    assert recovery_codes_of(required)[0] in client.get(answer["Location"]).content.decode()
    assert client.get("/sightings/").status_code == 200


def test_removing_it_closes_the_site_again(required: User) -> None:
    app = App.of(required)
    client = logged_in()
    client.post(CODE_PAGE, {"code": app.code()})
    assert client.get("/sightings/").status_code == 200
    client.post("/account/second-factor/totp/deactivate/")
    assert client.get("/sightings/").status_code == 302


def test_other_roles_are_not_asked(viewer: User, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["operator"]
    assert logged_in().get("/sightings/").status_code == 200


@pytest.mark.parametrize("roles, status", [(["administrator"], 302), (["operator"], 200), ([], 200)])
def test_a_superuser_counts_as_administrator(operator: User, settings: Any, roles: list[str], status: int) -> None:
    settings.SECOND_FACTOR_ROLES = roles
    client = Client()
    client.force_login(operator)
    assert client.get("/sightings/").status_code == status


def test_a_site_without_the_setting_asks_nothing_of_the_database(viewer: User, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert not lacks_second_factor(viewer, {})


def test_what_the_pages_of_second_factors_show_is_ones_own(viewer: User, stranger: User) -> None:
    App.of(viewer)
    client = Client()
    client.post("/login/", {"username": "stranger", "password": "stranger"})
    assert "Set up an app" in client.get("/account/second-factor/").content.decode()
    assert client.get("/account/second-factor/recovery-codes/").status_code == 404


# --- the admin


def test_an_administrator_of_the_site_takes_a_lost_second_factor_away(operator: User, viewer: User) -> None:
    app = App.of(viewer)
    admin = Client()
    admin.force_login(operator)
    account = f"/admin/auth/user/{viewer.pk}"
    page = admin.get(f"{account}/change/").content.decode()
    assert "Remove it (phone lost)" in page and app.secret not in page
    admin.post(f"{account}/second-factor/remove/")
    assert "Remove it (phone lost)" not in admin.get(f"{account}/change/").content.decode()
    assert logged_in().get("/sightings/").status_code == 200


def test_a_command_forgets_them_for_who_has_lost_everything(viewer: User, capsys: pytest.CaptureFixture[str]) -> None:
    App.of(viewer)
    call_command("forget_second_factor", "viewer")
    assert "The second factor of viewer is forgotten" in capsys.readouterr().out
    assert logged_in().get("/sightings/").status_code == 200
    call_command("forget_second_factor", "viewer")
    assert "The user viewer had no second factor" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There is no user nobody"):
        call_command("forget_second_factor", "nobody")


def test_nobody_takes_away_their_own_without_a_code(operator: User) -> None:
    App.of(operator)
    admin = Client()
    admin.force_login(operator)
    account = f"/admin/auth/user/{operator.pk}"
    assert "Remove it (phone lost)" not in admin.get(f"{account}/change/").content.decode()
    page = admin.post(f"{account}/second-factor/remove/", follow=True).content.decode()
    assert "Remove your own second factor on the page" in page
    assert has_second_factor(operator)


@pytest.mark.parametrize(
    "page", ["account/emailaddress", "mfa/authenticator", "socialaccount/socialapp", "socialaccount/socialtoken"]
)
def test_allauths_own_pages_are_not_in_the_admin(operator: User, page: str) -> None:
    admin = Client()
    admin.force_login(operator)
    assert admin.get(f"/admin/{page}/").status_code == 404


def test_a_role_that_does_not_exist_is_found_before_the_site_starts(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = ["administrator", "boss"]
    (error,) = second_factor_roles_exist(None)
    assert "boss" in error.msg and "administrator" not in error.msg
