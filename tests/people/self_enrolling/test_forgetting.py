"""Links that led to nothing go with their names; those of people who are enrolled stay and withdraw."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, TestCase
from django.utils import timezone

from people.errors import WrongState
from people.records.consent_text import ConsentText
from people.records.enrolment_link import EnrolmentLink
from people.records.keeping_run import KeepingRun
from people.records.keeping_term import KeptKind
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


def test_pictures_that_nobody_approves_in_time_are_deleted_and_the_link_says_so(
    text: ConsentText, media: Path, operator: User, client: Client
) -> None:
    link, secret = make_link(name="Ann", by=None)
    agree(link=link, version=text.pk, name="Ann")
    send_pictures(link=link, files=[upload(1)])
    later = sent("Bob", text)
    EnrolmentLink.objects.filter(pk=link.pk).update(sent_at=timezone.now() - timedelta(days=31))
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("tidy", verbosity=0)
    link.refresh_from_db()
    assert (link.state, link.pictures.count(), later.pictures.count()) == ("lapsed", 0, 1)
    assert len([path for path in (media / "link-pictures").rglob("*") if path.is_file()]) == 1
    assert "Nobody looked at your pictures in time" in client.get(f"/enrol/{secret}/").content.decode()
    assert KeepingRun.objects.get(kind=KeptKind.LINKS).deleted == 1
    with pytest.raises(WrongState, match="not decided in time"):
        approve(link=link, by=operator)
    EnrolmentLink.objects.filter(pk=link.pk).update(decided_at=timezone.now() - timedelta(days=31))
    call_command("tidy", verbosity=0)
    assert list(EnrolmentLink.objects.all()) == [later]


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
