"""The signature of a webhook, checked as receivers check it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from streams.channels.signing import new_signing_key, signed_headers

NOW = datetime.now(UTC)
BODY = '{"type":"alert","data":{"text":"Łukasz at the door"}}'


def test_a_receiver_with_the_key_finds_the_signature_right() -> None:
    key = new_signing_key()
    assert Webhook(key).verify(BODY.encode(), signed_headers(key, "d1", datetime.now(UTC), BODY))["type"] == "alert"


def test_it_is_hmac_sha_256_over_id_time_and_body() -> None:
    key = new_signing_key()
    headers = signed_headers(key, "d1", NOW, BODY)
    signed = f"d1.{headers['webhook-timestamp']}.{BODY}".encode()
    mac = hmac.digest(base64.b64decode(key.removeprefix("whsec_")), signed, hashlib.sha256)
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()


@pytest.mark.parametrize("changed", ["body", "id", "key", "late"])
def test_whatever_is_changed_breaks_it(changed: str) -> None:
    key = new_signing_key()
    now = datetime.now(UTC)
    at = now - timedelta(minutes=6) if changed == "late" else now
    headers = signed_headers(key, "d1", at, BODY)
    if changed == "id":
        headers["webhook-id"] = "d2"
    reader = Webhook(new_signing_key() if changed == "key" else key)
    with pytest.raises(WebhookVerificationError):
        reader.verify((BODY + " " if changed == "body" else BODY).encode(), headers)


def test_a_key_is_32_random_bytes() -> None:
    one, other = new_signing_key(), new_signing_key()
    assert one != other and len(base64.b64decode(one.removeprefix("whsec_"))) == 32


def test_the_script_of_the_page_checks_it(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/channels.md").read_text()
    script = tmp_path / "check-webhook"
    script.write_text(page.split("```sh\n")[1].split("```")[0])
    key = new_signing_key()
    headers = signed_headers(key, "d1", datetime.now(UTC), BODY)
    late = signed_headers(key, "d1", datetime.now(UTC) - timedelta(minutes=6), BODY)

    def status(headers: dict[str, str], body: str) -> int:
        run = ["sh", str(script), key, *headers.values()]
        return subprocess.run(run, input=body.encode(), timeout=30, check=False).returncode

    assert status(headers, BODY) == 0
    assert status(headers, BODY + " ") == status(late, BODY) == status({**headers, "webhook-id": "d2"}, BODY) == 1
