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


def trusted_proxies() -> list[str]:
    """Returns the networks in TRUSTED_PROXIES; none if it is empty, 0 or "none".

    Raises ImproperlyConfigured for anything else. Release 0.1 took the number of proxies there; a number says nothing
    of who connects, so whoever reached the port could name any address as their own.
    """
    texts = [text.strip() for text in env.list("TRUSTED_PROXIES", default=[])]
    if texts in ([], ["0"], ["none"]):
        return []
    try:
        for text in texts:
            if text.isdecimal():
                raise ValueError("a number of proxies is not enough any more")
            ip_network(text)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"TRUSTED_PROXIES: {error}. Write the addresses or networks of the proxies in front of the site, with "
            "commas between them, such as 10.0.3.7,192.168.0.0/24. Behind Google's load balancer write "
            "35.191.0.0/16,130.211.0.0/22 and the load balancer's own address."
        ) from None
    return texts


def kept_secret(name: str, *, bytes_: int = 48) -> str:
    """Returns a random text of `bytes_` bytes, made at first use and kept in VAR/<name>, readable only by its owner."""
    path = VAR / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(token_urlsafe(bytes_))
    return path.read_text()
