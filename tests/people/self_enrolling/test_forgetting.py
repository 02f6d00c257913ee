"""Links that led to nothing go with their names; those of people who are enrolled stay and withdraw."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from people.records.consent_text import ConsentText
from people.records.enrolment_link import EnrolmentLink
from people.records.person import Person
from people.self_enrolling.approving import approve, refuse
from people.self_enrolling.making import make_link, revoke_link
from people.self_enrolling.sending import agree, send_pictures, withdraw
from tests.people.self_enrolling.conftest import upload

pytestmark = pytest.mark.django_db


def sent(name: str, text: ConsentText, person: Person | None = None) -> EnrolmentLink:
    link, _secret = make_link(name=name, person=person, by=None)
    agree(link=link, version=text.pk, name=name)
    send_pictures(link=link, files=[upload(1)])
    return link


def test_a_link_that_led_to_nothing_goes_a_month_after_its_end(text: ConsentText, media: Path, operator: User) -> None:
    refuse(link=sent("refused", text), by=operator)
    withdraw(link=sent("withdrawn", text))
    revoke_link(link=make_link(name="revoked", by=None)[0], by=operator)
    make_link(name="unused", by=None)
    sent("waits", text)
    approve(link=sent("approved", text), by=operator)
    withdrawn_later = sent("withdrawn later", text)
    approve(link=withdrawn_later, by=operator)
    withdraw(link=withdrawn_later)
    call_command("tidy", verbosity=0)
    assert EnrolmentLink.objects.count() == 7
    long_ago = timezone.now() - timedelta(days=31)
    EnrolmentLink.objects.update(expires_at=long_ago)
    EnrolmentLink.objects.exclude(decided_at=None).update(decided_at=long_ago)
    EnrolmentLink.objects.exclude(withdrawn_at=None).update(withdrawn_at=long_ago)
    call_command("tidy", verbosity=0)
    assert {link.name for link in EnrolmentLink.objects.all()} == {"waits", "approved", "withdrawn later"}
