"""The signature of a webhook, checked as receivers check it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from streams.channels.signing import new_signing_key, signed_headers

NOW = datetime.now(UTC)
PAGE = Path(__file__).parents[3] / "docs/channels.md"
BODY = '{"type":"alert","data":{"text":"Łukasz at the door"}}'


def test_a_receiver_with_the_key_finds_the_signature_right() -> None:
    key = new_signing_key()
    assert Webhook(key).verify(BODY.encode(), signed_headers([key], "d1", datetime.now(UTC), BODY))["type"] == "alert"


def test_it_is_hmac_sha_256_over_id_time_and_body() -> None:
    key = new_signing_key()
    headers = signed_headers([key], "d1", NOW, BODY)
    signed = f"d1.{headers['webhook-timestamp']}.{BODY}".encode()
    mac = hmac.digest(base64.b64decode(key.removeprefix("whsec_")), signed, hashlib.sha256)
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()


def test_while_two_keys_sign_a_receiver_with_either_finds_it_right() -> None:
    new, old = new_signing_key(), new_signing_key()
    headers = signed_headers([new, old], "d1", datetime.now(UTC), BODY)
    assert len(headers["webhook-signature"].split(" ")) == 2
    for key in (new, old):
        assert Webhook(key).verify(BODY.encode(), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_signing_key()).verify(BODY.encode(), headers)


@pytest.mark.parametrize("changed", ["body", "id", "key", "late"])
def test_whatever_is_changed_breaks_it(changed: str) -> None:
    key = new_signing_key()
    now = datetime.now(UTC)
    at = now - timedelta(minutes=6) if changed == "late" else now
    headers = signed_headers([key], "d1", at, BODY)
    if changed == "id":
        headers["webhook-id"] = "d2"
    reader = Webhook(new_signing_key() if changed == "key" else key)
    with pytest.raises(WebhookVerificationError):
        reader.verify((BODY + " " if changed == "body" else BODY).encode(), headers)


def test_a_key_is_32_random_bytes() -> None:
    one, other = new_signing_key(), new_signing_key()
    assert one != other and len(base64.b64decode(one.removeprefix("whsec_"))) == 32


def test_the_script_of_the_page_checks_it(tmp_path: Path) -> None:
    script = tmp_path / "check-webhook"
    script.write_text(PAGE.read_text().split("```sh\n")[1].split("```")[0])
    key = new_signing_key()
    headers = signed_headers([key], "d1", datetime.now(UTC), BODY)
    late = signed_headers([key], "d1", datetime.now(UTC) - timedelta(minutes=6), BODY)

    def status(headers: dict[str, str], body: str) -> int:
        run = ["sh", str(script), key, *headers.values()]
        return subprocess.run(run, input=body.encode(), timeout=30, check=False).returncode

    assert status(headers, BODY) == 0
    for keys in ([key, new_signing_key()], [new_signing_key(), key]):
        assert status(signed_headers(keys, "d1", datetime.now(UTC), BODY), BODY) == 0
    assert status(headers, BODY + " ") == status(late, BODY) == status({**headers, "webhook-id": "d2"}, BODY) == 1


@pytest.fixture
def receiver(tmp_path: Path) -> Path:
    """The CGI program of the page, beside check-webhook, with its key and a folder for what it keeps."""
    check, program = (block.split("```")[0] for block in PAGE.read_text().split("```sh\n")[1:3])
    (tmp_path / "check-webhook").write_text(check)
    (tmp_path / "kept").mkdir()
    here = program.replace("/etc/facesite/webhook-key", f"{tmp_path}/key")
    (tmp_path / "receive").write_text(here.replace("/var/spool/facesite", f"{tmp_path}/kept"))
    for name in ("check-webhook", "receive"):
        (tmp_path / name).chmod(0o755)
    return tmp_path


def received(receiver: Path, headers: dict[str, str], body: bytes) -> str:
    """The first line of the program's answer, as a web server runs it."""
    environment = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    environment |= {"CONTENT_LENGTH": str(len(body)), "PATH": f"{receiver}:{os.environ['PATH']}"}
    done = subprocess.run([receiver / "receive"], input=body, env=environment, capture_output=True, check=False)
    return done.stdout.decode().splitlines()[0]


def test_the_receiver_of_the_page_keeps_each_message_once_and_refuses_what_is_not_signed(receiver: Path) -> None:
    key, now = new_signing_key(), datetime.now(UTC)
    (receiver / "key").write_text(key)
    first, again = (signed_headers([key], "0b1d-2", at, BODY) for at in (now, now + timedelta(seconds=20)))
    assert (
        received(receiver, first, BODY.encode()) == received(receiver, again, BODY.encode()) == "Status: 204 No Content"
    )
    assert [path.read_text() for path in (receiver / "kept").iterdir()] == [BODY]
    unsigned = ({**first, "webhook-signature": ""}, {**first, "webhook-id": "../0b1d"}, {})
    for headers in unsigned:
        assert received(receiver, headers, BODY.encode()) == "Status: 401 Unauthorized"
    outside = signed_headers([key], "../outside", now, BODY)
    assert received(receiver, outside, BODY.encode()) == "Status: 401 Unauthorized"
    assert len(list((receiver / "kept").iterdir())) == 1 and not (receiver / "outside.json").exists()
