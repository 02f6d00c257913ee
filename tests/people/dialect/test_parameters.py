"""Parameters of a call as clients send them: in the address, in the form, and with "?" where "&" is meant."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from people.dialect.options import parameters

ADDRESS = "/api/v1/recognition/faces"


def asked(address: str, form: dict[str, str] | None = None, method: str = "post", format: str = "multipart") -> Request:
    sent = getattr(APIRequestFactory(), method)(address, form or {}, format=format)
    return Request(sent, parsers=[MultiPartParser(), FormParser(), JSONParser()])


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_they_stand_in_the_address(method: str) -> None:
    sent = getattr(APIRequestFactory(), method)(f"{ADDRESS}?subject=Ada+B%C3%A9la&limit=3")
    assert parameters(Request(sent, parsers=[FormParser()])) == {"subject": "Ada Béla", "limit": "3"}


def test_a_second_question_mark_begins_an_option() -> None:
    assert parameters(asked(f"{ADDRESS}?subject=Ada?det_prob_threshold=0.9")) == {
        "subject": "Ada",
        "det_prob_threshold": "0.9",
    }
    assert parameters(asked(f"{ADDRESS}?det_prob_threshold=0.8?face_plugins=landmarks?status=true")) == {
        "det_prob_threshold": "0.8",
        "face_plugins": "landmarks",
        "status": "true",
    }


@pytest.mark.parametrize("name", ["Who?", "Who?me=you", "Ada?limit=3"])
def test_a_question_mark_of_a_name_stays(name: str) -> None:
    assert parameters(asked(f"{ADDRESS}?subject={quote(name)}")) == {"subject": name}


@pytest.mark.parametrize("name", ["Who?", "Who?me"])
def test_so_does_one_that_begins_no_option(name: str) -> None:
    assert parameters(asked(f"{ADDRESS}?subject={name}")) == {"subject": name}


def test_a_form_has_them_too_and_the_address_goes_before() -> None:
    form = {"limit": "1", "face_plugins": "landmarks"}
    assert parameters(asked(f"{ADDRESS}?limit=2", form)) == {"limit": "2", "face_plugins": "landmarks"}


def test_json_has_none() -> None:
    assert parameters(asked(ADDRESS, {"limit": "1"}, format="json")) == {}


def test_a_deletion_is_not_asked_for_its_form() -> None:
    assert parameters(asked(ADDRESS, {"subject": "Ada"}, method="delete")) == {}
