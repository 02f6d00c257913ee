"""Builds the settings for Redis as channel layer and cache, and for a bucket as storage."""

from __future__ import annotations

from typing import Any


def redis_layers(url: str) -> dict[str, Any]:
    """Returns CHANNEL_LAYERS for the Redis or Valkey at `url`."""
    # channels_redis 4.3 with redis-py 8 ends an idle worker after 5 s unless socket_timeout is None.
    host = {"address": url, "socket_timeout": None}
    return {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [host]}}}


def redis_caches(url: str) -> dict[str, Any]:
    """Returns CACHES for the Redis or Valkey at `url`."""
    options = {"serializer": "people.base.plain_values.PlainValues"}
    return {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url, "OPTIONS": options}}


def private_bucket(name: str) -> dict[str, Any]:
    """Returns the storage for media in the Google Cloud Storage bucket `name`; signed links live five minutes.

    The signing key stays with Google: a pod signs with IAM's signBlob under its own identity (Workload Identity).
    """
    return {
        "BACKEND": "storages.backends.gcloud.GoogleCloudStorage",
        "OPTIONS": {
            "bucket_name": name,
            "querystring_auth": True,
            "iam_sign_blob": True,
            "expiration": 300,
            "file_overwrite": False,
            # Larger objects (ZIPs to import, 500 MB) go through a temporary file; 0 would mean unlimited memory.
            "max_memory_size": 20_000_000,
        },
    }
