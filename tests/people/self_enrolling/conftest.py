"""A text to agree to, and links with their secrets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from people.editing.policy_services import write_consent_text
from people.records.consent_text import ConsentText
from people.records.enrolment_link import EnrolmentLink
from people.self_enrolling.making import make_link
from people.self_enrolling.sending import agree, send_pictures
from tests.people.conftest import picture

Link = tuple[EnrolmentLink, str]


@pytest.fixture
def text(db: None) -> ConsentText:
    return write_consent_text(text="We take pictures.\n\nAsk Grace.", by=None)


@pytest.fixture
def link(text: ConsentText) -> Link:
    return make_link(name="Ada Lovelace", by=None)


@pytest.fixture
def sent(link: Link, text: ConsentText, media: object) -> Link:
    """Ada has agreed and sent two pictures."""
    agree(link=link[0], version=text.pk, name="Ada Lovelace")
    send_pictures(link=link[0], files=[upload(1), upload(2)])
    link[0].refresh_from_db()
    return link


def upload(seed: int, data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{seed}.jpg", picture(seed) if data is None else data, "image/jpeg")


Upload = Callable[..., SimpleUploadedFile]
