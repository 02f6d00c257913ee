"""The API of channels and deliveries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from people.accounts.making_keys import make_key
from people.accounts.rights import Scope
from streams.channels.opening import secret_of
from streams.channels.queueing import queue_test
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.groups import CameraGroup, CameraLimit
from tests.api import client_of
from tests.streams.alerting_rows import a_channel, an_alert

pytestmark = pytest.mark.django_db
CHANNELS, DELIVERIES = "/api/v1/channels/", "/api/v1/deliveries/"
WEBHOOK = {"name": "Desk", "kind": "webhook", "url": "https://example.org/s3cret"}


@pytest.fixture
def api(operator: User) -> Any:
    return client_of(operator)


def test_a_test_of_a_broker_s_channel_that_is_off_is_refused_and_waits_for_nobody(admin_user: User) -> None:
    channel, page = a_channel(kind="mqtt", address={"host": "broker.example.org"}, is_on=False), Client()
    page.force_login(admin_user)
    refused = client_of(admin_user).post(f"{CHANNELS}{channel.pk}/test/")
    assert refused.status_code == 409 and "Switch it on" in refused.json()["error"]["message"]
    shown = page.post(f"/admin/streams/channel/{channel.pk}/test/", follow=True)
    assert shown.redirect_chain[-1][0] == f"/admin/streams/channel/{channel.pk}/change/"
    assert "Switch it on" in shown.content.decode() and not Delivery.objects.exists()


def test_a_channel_is_made_shown_changed_and_deleted_without_its_secrets(api: Any) -> None:
    answer = api.post(CHANNELS, WEBHOOK, format="json")
    made = answer.json()
    assert answer.status_code == 201 and "s3cret" not in answer.content.decode() and "whsec" not in str(made)
    assert made["place"] == "https://example.org/…" and made["kind"] == "webhook" and made["failing_since"] is None
    assert "host" not in made and "url" not in made and made["service"] == ""
    where = f"{CHANNELS}{made['id']}/"
    changed = api.patch(where, {"is_on": False}, format="json").json()
    assert (changed["is_on"], changed["place"], changed["service"]) == (False, "https://example.org/…", "")
    assert secret_of(Channel.objects.get())["url"] == WEBHOOK["url"]
    assert api.get(CHANNELS).json()["results"][0]["name"] == "Desk"
    assert api.delete(where).status_code == 204 and not Channel.objects.exists()


def test_each_kind_is_shown_with_its_own_fields(api: Any, settings: Any) -> None:
    settings.EMAIL_URL = "smtp://mail.example.org"
    mqtt = {"name": "Home", "kind": "mqtt", "host": "broker.example.org", "username": "ann", "password": "hunter2"}
    made = api.post(CHANNELS, mqtt, format="json").json()
    assert (made["host"], made["port"], made["encrypted"], made["base_topic"]) == (
        "broker.example.org",
        8883,
        True,
        "facesite",
    )
    assert "hunter2" not in str(made) and "password" not in made
    mail = api.post(CHANNELS, {"name": "Guard", "kind": "email", "recipients": ["g@example.org"]}, format="json").json()
    assert mail["recipients"] == ["g@example.org"]
    told = api.post(CHANNELS, {"name": "Chat", "kind": "apprise", "url": "tgram://1:AAA/2"}, format="json").json()
    assert told["service"] == "Telegram" and "AAA" not in str(told)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**WEBHOOK, "url": "http://8.8.8.8/"}, "url"),
        ({**WEBHOOK, "url": 5}, "url"),
        ({**WEBHOOK, "host": "b.example"}, "host"),
        ({**WEBHOOK, "camera_groups": ["Nowhere"]}, "camera_groups"),
        ({**WEBHOOK, "everywhere": False}, "camera_groups"),
        ({**WEBHOOK, "kind": "pigeon"}, "kind"),
        ({**WEBHOOK, "sealed_secret": "x"}, "sealed_secret"),
        ({**WEBHOOK, "name": ""}, "name"),
        ({"name": "Home", "kind": "mqtt", "host": "b.example", "port": 0}, "port"),
        ({"name": "Home", "kind": "mqtt", "host": "b.example", "encrypted": "no"}, "encrypted"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(api: Any, body: dict[str, Any], field: str) -> None:
    answer = api.post(CHANNELS, body, format="json")
    assert answer.status_code == 400 and not Channel.objects.exists()
    assert [each["field"] for each in answer.json()["error"]["details"]] == [field]


def test_an_edit_by_somebody_who_saw_an_older_state_is_refused_and_a_workers_write_is_no_edit(api: Any) -> None:
    made = api.post(CHANNELS, WEBHOOK, format="json")
    where, etag = f"{CHANNELS}{made.json()['id']}/", made.headers["ETag"]
    Channel.objects.update(last_ok_at=timezone.now())
    second = api.patch(where, {"name": "Second"}, format="json", headers={"If-Match": etag})
    assert second.status_code == 200
    assert api.patch(where, {"name": "Late"}, format="json", headers={"If-Match": etag}).status_code == 412


def test_a_test_is_a_delivery_to_follow(api: Any) -> None:
    channel = a_channel(is_on=False)
    answer = api.post(f"{CHANNELS}{channel.pk}/test/")
    assert answer.status_code == 202 and answer.json()["kind"] == "test" and answer.json()["state"] == "waiting"
    assert api.get(answer.headers["Location"]).json()["channel_name"] == "Door phone"


def test_a_signing_key_is_shown_once(api: Any) -> None:
    made = api.post(CHANNELS, WEBHOOK, format="json").json()
    answer = api.post(f"{CHANNELS}{made['id']}/signing-key/")
    assert answer.json()["signing_key"] == secret_of(Channel.objects.get())["key"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert api.get(f"{CHANNELS}{made['id']}/").json()["old_key_until"] == answer.json()["old_key_until"]
    mqtt = a_channel(kind="mqtt")
    assert api.post(f"{CHANNELS}{mqtt.pk}/signing-key/").status_code == 409


def test_the_old_signing_key_is_ended_once(api: Any) -> None:
    made = api.post(CHANNELS, WEBHOOK, format="json").json()
    old = f"{CHANNELS}{made['id']}/old-signing-key/"
    assert api.delete(old).status_code == 409
    api.post(f"{CHANNELS}{made['id']}/signing-key/")
    assert api.delete(old).status_code == 204 and api.delete(old).status_code == 409
    assert api.get(f"{CHANNELS}{made['id']}/").json()["old_key_until"] is None


@pytest.mark.django_db(transaction=True)
def test_what_changes_a_channel_runs_in_a_transaction_of_its_own(api: Any) -> None:
    made = api.post(CHANNELS, WEBHOOK, format="json").json()
    assert api.post(f"{CHANNELS}{made['id']}/test/").status_code == 202
    assert api.post(f"{CHANNELS}{made['id']}/signing-key/").status_code == 200
    assert api.delete(f"{CHANNELS}{made['id']}/old-signing-key/").status_code == 204


def test_deliveries_say_what_became_of_them(api: Any, django_assert_max_num_queries: Any) -> None:
    one, other = a_channel("One"), a_channel("Other")
    alert = an_alert()
    for n in range(30):
        Delivery.objects.create(channel=one, alert=an_alert(), made_at=timezone.now() - timedelta(minutes=n + 1))
    failed = Delivery.objects.create(channel=one, alert=alert, attempts=3, last_reason="Away.", state="gave_up")
    queue_test(other)
    with django_assert_max_num_queries(8):
        assert len(api.get(f"{DELIVERIES}?limit=100").json()["results"]) == 32
    [shown] = api.get(f"{DELIVERIES}?state=gave_up").json()["results"]
    assert (shown["id"], shown["told"], shown["attempts"]) == (str(failed.pk), "An unknown person at no camera", 3)
    assert [row["id"] for row in api.get(f"{DELIVERIES}?alert={alert.pk}").json()["results"]] == [str(failed.pk)]
    assert len(api.get(f"{DELIVERIES}?channel={other.pk}&kind=test").json()["results"]) == 1
    assert api.get(f"{DELIVERIES}?state=lost").status_code == 400
    assert api.delete(f"{DELIVERIES}{failed.pk}/").status_code == 405


def test_whoever_is_limited_sees_channels_and_deliveries_of_their_cameras_alone(viewer: User) -> None:
    mine = CameraGroup.objects.create(name="Mine")
    mine.limits.create(user=viewer)  # type: ignore[attr-defined]
    ours, everybodys = a_channel("Ours", everywhere=False), a_channel("Everybody's")
    ours.camera_groups.set([mine])
    queue_test(ours)
    queue_test(everybodys)
    api = client_of(viewer)
    assert [row["name"] for row in api.get(CHANNELS).json()["results"]] == ["Ours"]
    assert [row["channel_name"] for row in api.get(DELIVERIES).json()["results"]] == ["Ours"]
    assert api.get(f"{CHANNELS}{everybodys.pk}/").status_code == 404
    assert api.get(f"{DELIVERIES}?channel={everybodys.pk}").status_code == 400


def test_a_key_limited_to_one_of_its_owners_groups_sees_and_makes_channels_of_that_one(viewer: User) -> None:
    hall, vault = (CameraGroup.objects.create(name=name) for name in ("Hall", "Vault"))
    viewer.user_permissions.add(Permission.objects.get(codename="add_channel"))
    for group in (hall, vault):
        CameraLimit.objects.create(group=group, user=viewer)
    _, text = make_key(name="Desk", scopes=[Scope.MANAGE_CHANNELS], by=User.objects.get(pk=viewer.pk), groups=[hall])
    for name, group in (("Of the hall", hall), ("Of the vault", vault)):
        a_channel(name, everywhere=False).camera_groups.set([group])
    by_key = APIClient()
    by_key.credentials(HTTP_X_API_KEY=text)
    assert [row["name"] for row in by_key.get(CHANNELS).json()["results"]] == ["Of the hall"]
    assert by_key.post(CHANNELS, {**WEBHOOK, "camera_groups": ["Vault"]}, format="json").status_code == 400
    made = by_key.post(CHANNELS, WEBHOOK, format="json")
    assert (made.status_code, made.json()["camera_groups"], made.json()["everywhere"]) == (201, ["Hall"], False)


def test_whoever_has_no_right_gets_nothing(stranger: User, viewer: User) -> None:
    channel = a_channel()
    for path in (CHANNELS, DELIVERIES, f"{CHANNELS}{channel.pk}/"):
        assert client_of(stranger).get(path).status_code == 403
    for path in ("test/", "signing-key/"):
        assert client_of(viewer).post(f"{CHANNELS}{channel.pk}/{path}").status_code == 403
    assert client_of(viewer).delete(f"{CHANNELS}{channel.pk}/old-signing-key/").status_code == 403
