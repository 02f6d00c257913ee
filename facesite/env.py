"""Reads settings from the environment, with types; the README's table documents each."""

import contextlib
import os
from ipaddress import ip_network
from pathlib import Path
from secrets import token_urlsafe

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.FileAwareEnv()  # if NAME_FILE is set, it reads NAME from that file: for mounted secrets

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env.str("VAR", default="var"))
VAR = VAR if VAR.is_absolute() else ROOT / VAR

EMBEDDED = not env.str("DATABASE_URL", default="")
"""Without DATABASE_URL, everything runs in one process with an embedded Postgres (README, "Modes")."""

OWN_NETWORKS = ["127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
"""The machine itself and private networks, where cameras are in a home or an office."""

ANYBODY = ["0.0.0.0/0", "::/0"]
# 20 proxies in a row; a longer X-Forwarded-For was sent to keep us busy.
MOST_PROXIES = 20

DEBUG = env.bool("DEBUG", default=False)


def secret_key() -> str:
    """Returns the signing key: SECRET_KEY, or one that is made once and kept beside the embedded database.

    Raises ImproperlyConfigured if it is missing in a distributed set-up: pods share one key there, and a default key
    would not be secret.
    """
    if key := env.str("SECRET_KEY", default=""):
        return str(key)
    if not EMBEDDED:
        raise ImproperlyConfigured("Set SECRET_KEY (or SECRET_KEY_FILE): DATABASE_URL is set, so this is no demo.")
    return kept_secret("secret-key")


def trusted_proxies(*, https: bool) -> tuple[list[str], int]:
    """Returns the networks in TRUSTED_PROXIES, and how many proxies in a row may have written X-Forwarded-For.

    A site of release 0.1 goes on as it is, and facesite/checks.py warns of it: there TRUSTED_PROXIES was the number of
    proxies, whoever they were, and with HTTPS anybody could say that a request came by it. Raises ImproperlyConfigured
    for what is neither.
    """
    texts = [text.strip() for text in env.list("TRUSTED_PROXIES", default=[])]
    if texts == ["none"]:
        return [], 0
    if texts in ([], ["0"]):
        return (ANYBODY, 0) if https else ([], 0)
    if len(texts) == 1 and texts[0].isdecimal():
        return ANYBODY, min(int(texts[0]), MOST_PROXIES)
    try:
        for text in texts:
            if text.isdecimal():
                raise ValueError("write either a number or networks")
            ip_network(text)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"TRUSTED_PROXIES: {error}. Write the addresses or networks of the proxies in front of the site, with "
            "commas between them, such as 10.0.3.7,192.168.0.0/24. Behind Google's load balancer write "
            "35.191.0.0/16,130.211.0.0/22 and the load balancer's own address."
        ) from None
    return texts, MOST_PROXIES


def kept_secret(name: str, *, bytes_: int = 48) -> str:
    """Returns a random text of `bytes_` bytes, made at first use and kept in VAR/<name>, readable only by its owner."""
    path = VAR / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(token_urlsafe(bytes_))
    return path.read_text()
