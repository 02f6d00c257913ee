"""The admin of channels and deliveries."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from streams.channels.claiming import claim_due, record_failed, record_sent
from streams.channels.opening import secret_of
from streams.channels.queueing import queue_test
from streams.channels.reasons import ChannelReason
from streams.channels.services import settings_state
from streams.errors import NotDelivered
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.groups import CameraGroup
from tests.streams.alerting_rows import a_channel, an_alert

pytestmark = pytest.mark.django_db
LIST = "/admin/streams/channel/"
TOPICS = {"base_topic": "facesite", "discovery_prefix": "homeassistant"}


@pytest.fixture
def admin(operator: User, client: Client) -> Client:
    client.force_login(operator)
    return client


def add(admin: Client, **fields: Any) -> Any:
    return admin.post(f"{LIST}add/", {"is_on": "on", "everywhere": "on", **fields})


def change(admin: Client, channel: Channel, **fields: Any) -> Any:
    usual = {"name": channel.name, "kind": channel.kind, "is_on": "on", "everywhere": "on"}
    return admin.post(f"{LIST}{channel.pk}/change/", {**usual, "row_state": settings_state(channel), **fields})


def test_it_asks_first_which_kind_and_then_for_the_fields_of_that_kind(admin: Client) -> None:
    asked = admin.get(f"{LIST}add/").content.decode()
    assert all(f"?kind={kind}" in asked for kind in ("webhook", "email", "mqtt", "apprise"))
    form = admin.get(f"{LIST}add/?kind=mqtt").content.decode()
    assert 'name="host"' in form and 'name="url"' not in form and 'value="homeassistant"' in form
    assert admin.get(f"{LIST}add/?kind=pigeon").content.decode() == asked or "Where are alerts" in asked


def test_a_webhooks_signing_key_is_shown_once_and_no_secret_ever_again(admin: Client) -> None:
    made = add(admin, name="Desk", kind="webhook", url="https://example.org/s3cret", certificate="")
    channel = Channel.objects.get()
    key = secret_of(channel)["key"]
    assert key in made.content.decode() and "no-store" in made.headers["Cache-Control"]
    page = admin.get(f"{LIST}{channel.pk}/change/").content.decode()
    assert "https://example.org/…" in page and "s3cret" not in page and key not in page
    assert channel.sealed_secret not in page
    assert change(admin, channel, name="Front desk", url="").status_code == 302
    channel.refresh_from_db()
    assert channel.name == "Front desk" and secret_of(channel) == {"url": "https://example.org/s3cret", "key": key}


@pytest.mark.parametrize("before", ["Not used yet", "Works"])
def test_a_receiver_that_refuses_what_it_is_told_is_not_said_to_work(admin: Client, before: str) -> None:
    """It is not down, and nothing else waits for it: yet no alert of this channel arrives."""
    channel = a_channel()
    if before == "Works":
        record_sent(queued(channel))
    assert before in admin.get(LIST).content.decode()
    record_failed(queued(channel), NotDelivered(ChannelReason.ANSWERED.said(status=422), receiver_is_down=False))
    for page in (LIST, f"{LIST}{channel.pk}/change/"):
        shown = admin.get(page).content.decode()
        assert "Does not take what it is told. The receiver answered with error 422." in shown and before not in shown
    record_sent(queued(channel))
    assert "Works" in admin.get(LIST).content.decode()


def test_a_channel_whose_mails_do_not_reach_everybody_says_so(admin: Client) -> None:
    channel = a_channel()
    record_sent(queued(channel), ChannelReason.MAIL_NOT_TO_ALL.said(who="desk@example.org"))
    for page in (LIST, f"{LIST}{channel.pk}/change/"):
        assert "refused desk@example.org." in admin.get(page).content.decode()
    record_sent(queued(channel))
    assert "not for all" not in admin.get(LIST).content.decode()


def queued(channel: Channel) -> Delivery:
    """A delivery of an alert that a worker has claimed."""
    Delivery.objects.create(channel=channel, alert=an_alert(), kind="alert")
    (claimed,) = claim_due("worker", (), ())
    return claimed


def test_a_new_signing_key_is_made_by_a_button(admin: Client) -> None:
    add(admin, name="Desk", kind="webhook", url="https://example.org/")
    channel = Channel.objects.get()
    answer = admin.post(f"{LIST}{channel.pk}/signing-key/")
    channel.refresh_from_db()
    assert secret_of(channel)["key"] in answer.content.decode()
    assert admin.get(f"{LIST}{channel.pk}/signing-key/").status_code == 405
    assert "signs, too, until" in answer.content.decode()


def test_the_old_signing_key_is_ended_by_a_button_while_it_signs(admin: Client) -> None:
    add(admin, name="Desk", kind="webhook", url="https://example.org/")
    channel = Channel.objects.get()
    page, button = f"{LIST}{channel.pk}/change/", "End the old signing key"
    assert button not in admin.get(page).content.decode()
    admin.post(f"{LIST}{channel.pk}/signing-key/")
    assert button in admin.get(page).content.decode()
    end = f"{LIST}{channel.pk}/old-signing-key/"
    said = admin.post(end, follow=True).content.decode()
    assert "only the newest one signs" in said and button not in said
    assert "Only the newest key signs" in admin.post(end, follow=True).content.decode()
    assert admin.get(end).status_code == 405


def test_what_is_wrong_stands_at_its_field(admin: Client) -> None:
    page = add(admin, name="Desk", kind="webhook", url="http://8.8.8.8/")
    assert "can be read on its way" in str(page.context["errors"]) and not Channel.objects.exists()
    assert "url" in page.context["adminform"].form.errors
    page = add(admin, name="Home", kind="mqtt", host="a b", **TOPICS)
    assert "host" in page.context["adminform"].form.errors


def test_mail_goes_to_the_recipients_that_stand_one_a_line(admin: Client, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://mail.example.org"
    add(admin, name="Guard", kind="email", recipients="a@example.org\nb@example.org, c@example.org")
    channel = Channel.objects.get()
    assert channel.address["recipients"] == ["a@example.org", "b@example.org", "c@example.org"]
    assert "a@example.org\nb@example.org" in admin.get(f"{LIST}{channel.pk}/change/").content.decode()


def test_a_brokers_password_is_kept_until_it_is_forgotten(admin: Client) -> None:
    add(admin, name="Home", kind="mqtt", host="b.example", encrypted="on", username="ann", password="hunter2", **TOPICS)
    channel = Channel.objects.get()
    fields = {"host": "b.example", "port": "8883", "encrypted": "on", "username": "ann", **TOPICS}
    assert change(admin, channel, **fields).status_code == 302
    channel.refresh_from_db()
    assert secret_of(channel) == {"password": "hunter2"}
    assert change(admin, channel, **fields, forget_password="on").status_code == 302
    channel.refresh_from_db()
    assert channel.sealed_secret == ""


def test_an_edit_after_somebody_elses_is_refused_and_a_workers_write_is_none(admin: Client) -> None:
    channel = a_channel(kind="apprise", address={"service": "Telegram"})
    opened = settings_state(channel)
    Channel.objects.update(last_problem="Away.", failing_since="2026-11-30T11:00Z")
    add_url = {"url": "tgram://123456789:ABC/2"}
    assert change(admin, channel, name="Chat", **add_url, row_state=opened).status_code == 302
    page = change(admin, channel, name="Late", row_state=opened)
    assert "Somebody changed it" in page.content.decode()
    channel.refresh_from_db()
    assert channel.name == "Chat" and channel.failing_since


def test_a_test_is_sent_by_a_button_and_its_row_says_what_became_of_it(admin: Client) -> None:
    channel = a_channel()
    answer = admin.post(f"{LIST}{channel.pk}/test/", follow=True)
    assert Delivery.objects.get().kind == "test" and "waiting" in answer.content.decode()
    Delivery.objects.update(attempts=1, last_reason="The receiver answered with error 500.")
    assert "error 500" in admin.get("/admin/streams/delivery/").content.decode()


def test_a_channel_is_deleted_with_its_deliveries(admin: Client) -> None:
    for n in range(3):
        queue_test(a_channel(f"Channel {n}"))
    first, *others = Channel.objects.order_by("name")
    assert admin.get(f"{LIST}{first.pk}/delete/").status_code == 200
    assert admin.post(f"{LIST}{first.pk}/delete/", {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in others], "post": "yes"}
    admin.post(LIST, chosen)
    assert not Channel.objects.exists() and not Delivery.objects.exists()


def test_whoever_is_limited_reaches_no_page_of_another_channel(client: Client) -> None:
    hidden = a_channel("Hidden")
    delivery = queue_test(hidden)
    owner = User.objects.create_user("owner", is_staff=True)
    owner.user_permissions.set(_rights("channel", "delivery"))
    CameraGroup.objects.create(name="Mine").limits.create(user=owner)  # type: ignore[attr-defined]
    client.force_login(owner)
    for page in ("change/", "delete/", "history/"):
        assert "Hidden" not in client.get(f"{LIST}{hidden.pk}/{page}", follow=True).content.decode()
        assert "Hidden" not in client.get(f"/admin/streams/delivery/{delivery.pk}/{page}", follow=True).content.decode()
    for page in ("test/", "signing-key/", "old-signing-key/"):
        assert client.post(f"{LIST}{hidden.pk}/{page}").status_code == 404
    assert "Hidden" not in client.get(LIST).content.decode()
    assert "Hidden" not in client.get("/admin/streams/delivery/").content.decode()
    assert Delivery.objects.count() == 1


def test_the_lists_take_a_constant_number_of_queries(admin: Client, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        channel = a_channel(f"Channel {n}")
        queue_test(channel)
        Delivery.objects.create(channel=channel, alert=an_alert())
    with django_assert_max_num_queries(16):
        assert admin.get(LIST).status_code == 200
    with django_assert_max_num_queries(16):
        assert admin.get("/admin/streams/delivery/").status_code == 200


@pytest.mark.parametrize("lookup", ["sealed_secret__startswith=g", "address__host=b", "channel__sealed_secret__gt=a"])
def test_no_filter_reveals_a_secret_letter_by_letter(admin: Client, lookup: str) -> None:
    a_channel()
    for page in (LIST, "/admin/streams/delivery/"):
        assert admin.get(f"{page}?{lookup}").status_code in (302, 400)


def test_whoever_may_only_look_sees_no_field_of_the_address_and_has_no_button(viewer: User, client: Client) -> None:
    viewer.is_staff = True
    viewer.save()
    client.force_login(viewer)
    channel = a_channel(kind="mqtt", address={"host": "b.example", "port": 8883, "username": "anna-lena"})
    page = client.get(f"{LIST}{channel.pk}/change/").content.decode()
    assert "b.example:8883" in page and "anna-lena" not in page and "Send a test" not in page
    assert client.post(f"{LIST}{channel.pk}/test/").status_code == 403


def test_whoever_is_limited_sees_and_makes_channels_of_their_groups(client: Client, operator: User) -> None:
    mine, other = CameraGroup.objects.create(name="Mine"), CameraGroup.objects.create(name="Hidden group")
    owner = User.objects.create_user("owner", is_staff=True)
    owner.user_permissions.set(_rights())
    mine.limits.create(user=owner)  # type: ignore[attr-defined]
    client.force_login(owner)
    form = client.get(f"{LIST}add/?kind=webhook").content.decode()
    assert "Mine" in form and "Hidden group" not in form
    sent = {"name": "Desk", "kind": "webhook", "url": "https://example.org/", "is_on": "on"}
    assert "camera_groups" in client.post(f"{LIST}add/", {**sent, "everywhere": "on"}).context["adminform"].form.errors
    assert client.post(f"{LIST}add/", {**sent, "camera_groups": [other.pk]}).context["errors"]
    client.post(f"{LIST}add/", {**sent, "camera_groups": [mine.pk]})
    assert [group.name for group in Channel.objects.get().camera_groups.all()] == ["Mine"]


def _rights(*models: str) -> Any:
    return Permission.objects.filter(content_type__app_label="streams", content_type__model__in=models or ["channel"])
