"""What may be entered for a channel, by whom, and what is kept of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from people.errors import WrongState
from streams.channels.opening import receiver_of, secret_of
from streams.channels.services import (
    delete_channel,
    reseal_secrets,
    save_channel,
    send_test,
    settings_state,
)  # fmt: skip
from streams.channels.signing_keys import end_old_signing_key, replace_signing_key
from streams.records.channel import Channel
from streams.records.delivery import Delivery
from streams.records.groups import CameraGroup
from tests.streams.alerting_rows import a_rule

pytestmark = pytest.mark.django_db
BROKER = {"host": "broker.example.org", "username": "ann", "password": "hunter2"}
PEM = "-----BEGIN CERTIFICATE-----\nnot really\n-----END CERTIFICATE-----"


@pytest.fixture(autouse=True)
def _settings(settings: Any) -> None:
    settings.CHANNEL_NETWORKS, settings.EMAIL_URL = ["192.168.0.0/16"], "smtp://mail.example.org"


def saved(kind: str, *, by: Any = None, groups: Any = None, name: str = "", **entered: Any) -> Channel:
    channel = Channel(name=name or kind, kind=kind)
    save_channel(channel=channel, entered=entered, groups=groups, by=by)
    return Channel.objects.get(pk=channel.pk)


def changed(channel: Channel, **entered: Any) -> Channel:
    save_channel(channel=channel, entered=entered, groups=None, by=None)
    return Channel.objects.get(pk=channel.pk)


def refusal(kind: str, **entered: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as error:
        saved(kind, **entered)
    return error.value.message_dict


def test_a_webhooks_address_and_key_are_sealed_and_only_its_host_is_kept_in_sight() -> None:
    channel = Channel(name="Desk", kind="webhook")
    key = save_channel(channel=channel, entered={"url": "https://example.org/hook/s3cret?k=1"}, groups=None, by=None)
    stored = Channel.objects.get()
    assert stored.address == {"place": "https://example.org/…", "certificate": ""} and "s3cret" not in str(vars(stored))
    assert secret_of(stored) == {"url": "https://example.org/hook/s3cret?k=1", "key": key} and key.startswith("whsec_")
    again = changed(stored, url="https://example.org/other")
    assert secret_of(again) == {"url": "https://example.org/other", "key": key}
    assert secret_of(changed(again)) == secret_of(again)


@pytest.mark.parametrize(
    ("kind", "entered", "field", "said"),
    [
        ("webhook", {}, "url", "begins with"),
        ("webhook", {"url": "http://10.0.0.1/"}, "url", "CHANNEL_NETWORKS"),
        ("webhook", {"url": "https://169.254.169.254/"}, "url", "CHANNEL_NETWORKS"),
        ("webhook", {"url": "http://8.8.8.8/"}, "url", "can be read on its way"),
        ("webhook", {"url": "https://a.example/", "certificate": PEM}, "certificate", "cannot be read"),
        ("webhook", {"url": "https://a.example/", "host": "b"}, "host", "Such a channel has"),
        ("email", {}, "recipients", "1 to 20"),
        ("email", {"recipients": ["ann"]}, "recipients", "no e-mail address"),
        ("email", {"recipients": ["a@example.org\nBcc: b@example.org"]}, "recipients", "no e-mail address"),
        ("email", {"recipients": [f"a{n}@example.org" for n in range(21)]}, "recipients", "1 to 20"),
        ("mqtt", {}, "host", "Write the broker"),
        ("mqtt", {"host": "mqtt://broker"}, "host", "Write the broker"),
        ("mqtt", {"host": "10.0.0.1"}, "host", "CHANNEL_NETWORKS"),
        ("mqtt", {"host": "8.8.8.8", "encrypted": False}, "host", "can be read on its way"),
        ("mqtt", {"host": "b.example", "base_topic": "a/#"}, "base_topic", "letters, digits"),
        ("mqtt", {"host": "b.example", "discovery_prefix": "/a"}, "discovery_prefix", "letters, digits"),
        ("apprise", {"url": "syslog://"}, "url", "one of these words"),
        ("apprise", {}, "url", "one of these words"),
    ],
)
def test_what_no_channel_has_is_refused_at_its_field(kind: str, entered: Any, field: str, said: str) -> None:
    assert said in refusal(kind, **entered)[field][0] and not Channel.objects.exists()


def test_without_a_mail_server_there_is_no_e_mail(settings: Any) -> None:
    settings.EMAIL_URL = ""
    assert "EMAIL_URL" in refusal("email", recipients=["a@example.org"])["recipients"][0]


def test_inside_a_broker_may_be_in_clear_and_what_is_left_out_has_usual_values() -> None:
    channel = saved("mqtt", host="192.168.1.5", encrypted=False)
    assert channel.address == {
        "host": "192.168.1.5", "port": 1883, "encrypted": False, "username": "", "base_topic": "facesite",
        "discovery_prefix": "homeassistant", "certificate": "",
    }  # fmt: skip
    assert saved("mqtt", name="Other", host="b.example").address["port"] == 8883


def test_a_brokers_password_stays_with_its_server() -> None:
    channel = saved("mqtt", **BROKER)
    assert secret_of(channel) == {"password": "hunter2"} and "hunter2" not in json.dumps(channel.address)
    assert secret_of(changed(channel, base_topic="home")) == {"password": "hunter2"}
    for elsewhere in ({"host": "evil.example"}, {"port": 1}, {"encrypted": False}):
        with pytest.raises(ValidationError) as error:
            changed(Channel.objects.get(), **elsewhere)
        assert "again" in error.value.message_dict["password"][0]
    assert secret_of(changed(Channel.objects.get(), host="new.example", password="other")) == {"password": "other"}
    assert Channel.objects.get().sealed_secret and not changed(Channel.objects.get(), password="").sealed_secret


def test_two_channels_never_use_one_topic_of_one_broker() -> None:
    saved("mqtt", **BROKER)
    assert "Another channel" in refusal("mqtt", name="Second", **BROKER)["base_topic"][0]
    saved("mqtt", name="Second", **BROKER, base_topic="second/hall")
    assert "Another channel" in refusal("mqtt", name="Third", **BROKER, base_topic="second_hall")["base_topic"][0]


def test_the_kind_stays() -> None:
    channel = saved("email", recipients=["a@example.org"])
    channel.kind = "webhook"
    with pytest.raises(ValidationError, match="stays as it is"):
        save_channel(channel=channel, entered={"url": "https://a.example/"}, groups=None, by=None)


def test_a_channel_of_no_camera_is_refused() -> None:
    channel = Channel(name="None", kind="email", everywhere=False)
    with pytest.raises(ValidationError, match="Choose groups"):
        save_channel(channel=channel, entered={"recipients": ["a@example.org"]}, groups=[], by=None)


def test_whoever_is_limited_makes_channels_of_their_cameras_alone(viewer: User) -> None:
    mine, other = CameraGroup.objects.create(name="Mine"), CameraGroup.objects.create(name="Other")
    mine.limits.create(user=viewer)  # type: ignore[attr-defined]
    channel = saved("email", by=viewer, recipients=["a@example.org"])
    assert not channel.everywhere and list(channel.camera_groups.all()) == [mine]
    assert list(Channel.objects.visible_to(viewer)) == [channel]
    for everywhere, groups in ((True, [mine]), (False, [mine, other]), (False, [other])):
        channel.everywhere = everywhere
        with pytest.raises(ValidationError, match="some groups"):
            save_channel(channel=channel, entered={}, groups=groups, by=viewer)


def test_a_workers_writes_neither_get_lost_nor_count_as_changes() -> None:
    saved("email", recipients=["a@example.org"])
    opened = Channel.objects.get()
    state = settings_state(opened)
    Channel.objects.update(last_problem="Away.", failing_since="2026-11-30T11:00Z", held_by="worker")
    opened.name = "New"
    stored = changed(opened)
    assert stored.failing_since and stored.held_by == "worker" and settings_state(stored) != state
    stored.name = "email"
    assert settings_state(stored) == state


def test_who_did_what_is_in_the_history_without_secrets(viewer: User) -> None:
    channel = saved("webhook", by=viewer, url="https://example.org/s3cret")
    channel.is_on = False
    save_channel(channel=channel, entered={"url": "https://example.org/s3cret2"}, groups=None, by=viewer)
    key = replace_signing_key(channel=channel, by=viewer)
    send_test(channel=channel, by=viewer)
    delete_channel(channel=channel, by=viewer)
    told = " ".join(LogEntry.objects.values_list("change_message", flat=True))
    assert LogEntry.objects.count() == 5 and "Changed on" in told and "signing key" in told and "test" in told
    assert "s3cret" not in told and key not in told


def test_a_new_signing_key_and_the_one_before_sign_until_that_is_ended() -> None:
    channel = saved("webhook", url="https://example.org/")
    first = secret_of(channel)["key"]
    second = replace_signing_key(channel=channel, by=None)
    channel.refresh_from_db()
    assert secret_of(channel) == {"url": "https://example.org/", "key": second, "old_key": first} and first != second
    assert receiver_of(channel).secret == secret_of(channel) and channel.has_old_key
    assert secret_of(changed(channel, url="https://b.example/")) == {**secret_of(channel), "url": "https://b.example/"}
    end_old_signing_key(channel=channel, by=None)
    channel.refresh_from_db()
    assert secret_of(channel) == {"url": "https://b.example/", "key": second} and not channel.has_old_key
    with pytest.raises(WrongState, match="Only the newest"):
        end_old_signing_key(channel=channel, by=None)


def test_an_old_signing_key_ends_by_itself_and_two_old_ones_are_never_kept() -> None:
    channel = saved("webhook", url="https://example.org/")
    second = replace_signing_key(channel=channel, by=None)
    third = replace_signing_key(channel=channel, by=None)
    channel.refresh_from_db()
    assert (secret_of(channel)["key"], secret_of(channel)["old_key"]) == (third, second)
    Channel.objects.update(old_key_until=timezone.now())
    channel.refresh_from_db()
    assert receiver_of(channel).secret == {"url": "https://example.org/", "key": third}


def test_other_kinds_have_no_signing_key_and_broken_secrets_say_so(settings: Any) -> None:
    channel = saved("webhook", url="https://example.org/")
    replace_signing_key(channel=channel, by=None)
    settings.SECRET_KEY = "c" * 50
    for change in (replace_signing_key, end_old_signing_key):
        with pytest.raises(WrongState, match="cannot be opened"):
            change(channel=channel, by=None)
    entered_anew = changed(Channel.objects.get(), url="https://example.org/")
    assert not entered_anew.has_old_key and set(secret_of(entered_anew)) == {"url", "key"}
    with pytest.raises(WrongState, match="Only a webhook"):
        replace_signing_key(channel=saved("email", recipients=["a@example.org"]), by=None)


def test_deleting_a_channel_takes_its_deliveries_and_switches_off_a_rule_that_told_nobody_else() -> None:
    channel, rule = saved("email", recipients=["a@example.org"]), a_rule()
    rule.channels.set([channel])
    send_test(channel=channel, by=None)
    delete_channel(channel=channel, by=None)
    assert not Delivery.objects.exists()


def test_secrets_are_sealed_anew_with_the_newest_key(settings: Any, capsys: Any) -> None:
    channel = saved("webhook", url="https://example.org/")
    secret = secret_of(channel)
    settings.CAMERA_KEYS = ["b" * 40]
    assert reseal_secrets() == (1, [])
    settings.SECRET_KEY = "c" * 50
    assert secret_of(Channel.objects.get()) == secret
    call_command("reseal_cameras")
    assert "the secrets of 1 channels" in capsys.readouterr().out


def test_secrets_that_no_key_opens_are_entered_again(settings: Any) -> None:
    channel = saved("webhook", url="https://example.org/")
    settings.SECRET_KEY = "c" * 50
    assert reseal_secrets() == (0, ["webhook"])
    with pytest.raises(ValidationError):
        changed(Channel.objects.get(), certificate="")
    assert secret_of(changed(channel, url="https://example.org/new"))["url"] == "https://example.org/new"
