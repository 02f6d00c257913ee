"""System checks that find settings which would fail later, before the site serves anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db.backends.postgresql.psycopg_any import is_psycopg3

from facesite import env
from people.accounts.rights import ROLES
from streams.pipeline.sources.networks import CameraNetworks

IN_MEMORY_LAYER = "channels.layers.InMemoryChannelLayer"
LOCAL_CACHE = "django.core.cache.backends.locmem.LocMemCache"
SHORTEST_KEY = 32
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@register()
def channel_layer_waits(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Requires socket_timeout None: with redis-py 8, channels_redis 4.3 otherwise ends an idle worker after 5 s."""
    layer: dict[str, Any] = dict(settings.CHANNEL_LAYERS.get("default", {}))
    if not layer.get("BACKEND", "").startswith("channels_redis."):
        return []
    hosts = layer.get("CONFIG", {}).get("hosts", [{}])
    if all(isinstance(host, dict) and host.get("socket_timeout", 0) is None for host in hosts):
        return []
    return [
        Error(
            "A Redis host of the channel layer has a socket timeout: an idle worker would end after 5 s.",
            hint='Write every host as {"address": "redis://…", "socket_timeout": None}.',
            id="facesite.E001",
        )
    ]


@register(Tags.database)
def driver_is_psycopg2(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Requires psycopg2: Django silently prefers an installed psycopg 3, but the fast read of the gallery needs 2."""
    if not is_psycopg3:
        return []
    return [Error("psycopg 3 is installed and would be used.", hint="Uninstall psycopg.", id="facesite.E002")]


@register()
def processes_can_talk(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Requires shared channel layer and cache with a database server: several processes then share no memory."""
    if env.EMBEDDED:
        return []
    alone = {
        "CHANNEL_LAYERS": settings.CHANNEL_LAYERS.get("default", {}).get("BACKEND") == IN_MEMORY_LAYER,
        "CACHES": settings.CACHES.get("default", {}).get("BACKEND") == LOCAL_CACHE,
    }
    return [
        Error(
            f"{name} is in the memory of one process: workers and web pods could not hear each other.",
            hint="Set REDIS_URL.",
            id="facesite.E003",
        )
        for name, is_alone in alone.items()
        if is_alone
    ]


@register(Tags.security)
def secret_key_is_secret(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Requires a SECRET_KEY that nobody can guess; Django itself refuses an empty one."""
    key = settings.SECRET_KEY
    if len(key) >= SHORTEST_KEY and len(set(key)) > 5 and not key.startswith("django-insecure-"):
        return []
    return [
        Error(
            f"SECRET_KEY can be guessed: sessions could be forged. Expected {SHORTEST_KEY} random characters.",
            id="facesite.E004",
        )
    ]


@register(Tags.security)
def redis_asks_for_a_password(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warns of a REDIS_URL without password: live pictures pass there, and who writes to it can invent detections.

    A warning and no error: a site whose network lets nobody else reach its Redis must still start after an upgrade.
    """
    if not settings.REDIS_URL or urlsplit(settings.REDIS_URL).password:
        return []
    hint = "Give Redis a password (requirepass) and write REDIS_URL as redis://:PASSWORD@host:6379/0."
    return [
        Warning(
            "Redis asks for no password: whoever reaches it sees live pictures and can show wrong ones.",
            hint=hint,
            id="facesite.W001",
        )
    ]


@register()
def networks_are_networks(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Requires readable networks: every camera and channel reads them, so a wrong one would end them all."""
    hint = "Write networks with commas between them, as 10.0.0.0/8,192.168.7.0/24."
    complaints: list[CheckMessage] = []
    for name in ("CAMERA_NETWORKS", "CHANNEL_NETWORKS"):
        try:
            CameraNetworks.of(getattr(settings, name))
        except ValueError as error:
            complaints.append(Error(f"{name} cannot be read: {error}.", hint=hint, id="facesite.E006"))
    return complaints


@register(Tags.security)
def camera_keys_are_secret(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Requires long, random CAMERA_KEYS: a plain hash of each seals passwords."""
    if all(len(key) >= SHORTEST_KEY and len(set(key)) > 5 for key in settings.CAMERA_KEYS):
        return []
    hint = f"Each needs {SHORTEST_KEY} random characters."
    return [Error("One of CAMERA_KEYS can be guessed.", hint=hint, id="facesite.E007")]


@register(Tags.security)
def second_factor_roles_exist(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Requires SECOND_FACTOR_ROLES to name built-in roles: a misspelt one would require nothing of anybody."""
    unknown = [role for role in settings.SECOND_FACTOR_ROLES if role not in ROLES]
    if not unknown:
        return []
    hint = f"The roles are {', '.join(ROLES)}."
    return [Error(f"SECOND_FACTOR_ROLES names no role: {', '.join(unknown)}.", hint=hint, id="facesite.E008")]


@register(Tags.security)
def provider_is_complete(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Requires a single sign-on provider over HTTPS, with a client, and roles that exist."""
    wrong = []
    if settings.OIDC_ISSUER and not settings.OIDC_CLIENT_ID:
        wrong.append("OIDC_ISSUER is set without OIDC_CLIENT_ID")
    issuer = urlsplit(settings.OIDC_ISSUER)
    if settings.OIDC_ISSUER and issuer.scheme != "https" and issuer.hostname not in THIS_MACHINE:
        wrong.append("OIDC_ISSUER does not begin with https://, so anybody on the way could let people in")
    wrong += [f"OIDC_ROLES names no role: {role}" for role in settings.OIDC_ROLES.values() if role not in ROLES]
    hint = f"The roles are {', '.join(ROLES)}. docs/login.md has examples."
    return [Error(f"{each}.", hint=hint, id="facesite.E009") for each in wrong]


@register()
def runworker_is_ours(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Requires facesite before channels: the first app's `runworker` wins, and Channels' own starts no jobs."""
    apps = list(settings.INSTALLED_APPS)
    if "channels" not in apps or apps.index("facesite") < apps.index("channels"):
        return []
    return [Error("facesite must stand before channels in INSTALLED_APPS.", id="facesite.E005")]


@register(Tags.security)
def proxies_are_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warns if anybody who connects is believed to be a proxy, as in release 0.1.

    A warning and no error: a site whose network lets nobody but its proxy connect must still start after an upgrade.
    """
    if settings.TRUSTED_PROXIES != env.ANYBODY:
        return []
    hint = (
        "Set TRUSTED_PROXIES to the addresses or networks of the proxies in front of the site, separated by commas; to "
        "none if uvicorn itself speaks HTTPS."
    )
    told = "No proxy is named: whoever connects can say that a request came by HTTPS"
    told += ", and invent the address that it came from." if settings.PROXIES_IN_A_ROW else "."
    return [Warning(told, hint=hint, id="facesite.W002")]
