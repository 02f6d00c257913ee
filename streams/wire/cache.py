"""Django's default cache with one connection pool for the whole process.

`django.core.cache.cache` makes a new backend in every thread's context, with Redis a new pool of connections.
Threads that come and go read and write pictures many times a second.
"""

from functools import cache

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache


@cache
def shared_cache() -> BaseCache:
    """Returns the backend named "default"; in local memory it holds the same entries as Django's own."""
    backend: BaseCache = caches.create_connection("default")
    return backend
